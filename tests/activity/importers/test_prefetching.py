"""Prefetching changes the duration of an import, not its result."""

import threading

import pytest

from activity.importers import IMPORTERS
from activity.importers.files.opening import OpenFile
from activity.importers.files.times import TimeReader
from activity.importers.runs.prefetching import Prefetcher


def _threads():
    return [thread for thread in threading.enumerate() if thread.name.startswith("prefetch")]


def test_it_hands_on_every_item_in_order():
    with Prefetcher(iter(range(100))) as prefetcher:
        found = []
        for item in prefetcher:
            found.append(item)
            if item % 3:
                prefetcher.start()
                prefetcher.start()
    assert found == list(range(100))
    assert not _threads()


def test_it_makes_nothing_before_it_is_wanted():
    made = []
    with Prefetcher(made.append(number) or [number] for number in range(9)) as prefetcher:
        items = iter(prefetcher)
        assert next(items) == [0]
        assert made == [0]
        prefetcher.start()
    assert made == [0, 1]


def test_it_raises_what_went_wrong_after_what_went_well():
    def items():
        yield 1
        raise ZeroDivisionError("at two")

    with Prefetcher(items()) as prefetcher:
        found = iter(prefetcher)
        assert next(found) == 1
        prefetcher.start()
        with pytest.raises(ZeroDivisionError, match="at two"):
            next(found)
    assert not _threads()


def test_it_lets_a_file_be_closed_that_is_being_read():
    """As after a second Ctrl+C while a read of the file blocks."""
    begins, goes_on = threading.Event(), threading.Event()

    def rows():
        begins.set()
        goes_on.wait()
        yield from ()

    file = OpenFile(IMPORTERS["native"], rows(), TimeReader())
    with Prefetcher(file.rows) as prefetcher:
        prefetcher.start()
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

    with Prefetcher(items()) as prefetcher:
        assert next(iter(prefetcher)) == 1
        prefetcher.start()
    assert is_making.is_set()
    assert not _threads()
