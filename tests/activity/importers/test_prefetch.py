"""Reading ahead changes nothing but the time it takes."""

import threading

import pytest

from activity.importers.prefetch import DEPTH, ahead


def _threads():
    return [thread for thread in threading.enumerate() if thread.name == "read-ahead"]


def test_it_hands_on_every_item_in_order():
    assert list(ahead(iter(range(100)))) == list(range(100))
    assert not _threads()


def test_it_hands_on_none_like_any_other():
    assert list(ahead([None, 0, ""])) == [None, 0, ""]


def test_it_raises_what_went_wrong_after_what_went_well():
    def items():
        yield 1
        raise ZeroDivisionError("at two")

    found = []
    with pytest.raises(ZeroDivisionError, match="at two"):
        found.extend(ahead(items()))
    assert found == [1]
    assert not _threads()


def test_it_stays_only_a_little_ahead_and_ends_with_its_consumer():
    made = []

    def items():
        for number in range(1000):
            made.append(number)
            yield number

    consumer = ahead(items())
    assert next(consumer) == 0
    consumer.close()
    assert len(made) <= DEPTH + 3
    assert not _threads()
