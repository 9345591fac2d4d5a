"""Making the next item early changes nothing but the time it takes."""

import threading

import pytest

from activity.importers import IMPORTERS
from activity.importers.files.opening import OpenFile
from activity.importers.files.times import TimeReader
from activity.importers.runs.prefetching import Ahead


def _threads():
    return [thread for thread in threading.enumerate() if thread.name.startswith("ahead")]


def test_it_hands_on_every_item_in_order():
    with Ahead(iter(range(100))) as ahead:
        found = []
        for item in ahead:
            found.append(item)
            if item % 3:
                ahead.begin()
                ahead.begin()
    assert found == list(range(100))
    assert not _threads()


def test_it_makes_nothing_before_it_is_wanted():
    made = []
    with Ahead(made.append(number) or [number] for number in range(9)) as ahead:
        items = iter(ahead)
        assert next(items) == [0]
        assert made == [0]
        ahead.begin()
    assert made == [0, 1]


def test_it_raises_what_went_wrong_after_what_went_well():
    def items():
        yield 1
        raise ZeroDivisionError("at two")

    with Ahead(items()) as ahead:
        found = iter(ahead)
        assert next(found) == 1
        ahead.begin()
        with pytest.raises(ZeroDivisionError, match="at two"):
            next(found)
    assert not _threads()


def test_it_lets_a_file_be_closed_that_is_being_read():
    """As when somebody presses Ctrl+C twice while the file does not answer."""
    begins, goes_on = threading.Event(), threading.Event()

    def rows():
        begins.set()
        goes_on.wait()
        yield from ()

    file = OpenFile(IMPORTERS["native"], rows(), TimeReader())
    with Ahead(file.rows) as ahead:
        ahead.begin()
        begins.wait()
        file.close()
        goes_on.set()
    assert list(file.rows) == []


def test_it_ends_with_its_consumer():
    is_making = threading.Event()

    def items():
        yield 1
        is_making.set()
        yield 2

    with Ahead(items()) as ahead:
        assert next(iter(ahead)) == 1
        ahead.begin()
    assert is_making.is_set()
    assert not _threads()
