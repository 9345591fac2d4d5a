"""Cursors and pages of a log in which many events have the same time."""

from datetime import UTC, datetime, timedelta
from itertools import islice

import pytest
from django.http import QueryDict
from hypothesis import given, settings
from hypothesis import strategies as st

from activity.models import Event
from activity.reading import ordering
from activity.reading.ordering import Cursor, InvalidCursor, Order, Position
from activity.reading.query import LogQuery
from activity.recording import record
from tests.factories import draft

START = datetime(2026, 11, 2, tzinfo=UTC)


@settings(derandomize=True, deadline=None)
@given(
    is_forward=st.booleans(),
    occurred_at=st.datetimes(datetime(1970, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    seq=st.integers(0, 2**63 - 1),
)
def test_it_reads_the_cursor_that_it_wrote(is_forward, occurred_at, seq):
    cursor = Cursor(is_forward, Position(occurred_at, seq))
    assert Cursor.decode(cursor.encode()) == cursor
    assert cursor.encode().replace("-", "").replace("_", "").isalnum()


def test_it_calls_the_end_by_its_name():
    assert Cursor(is_forward=False).encode() == "end"
    assert Cursor.decode("end") == Cursor(is_forward=False)


@settings(derandomize=True, deadline=None, max_examples=300)
@given(st.text() | st.text("ABCxyz019-_=", max_size=26) | st.binary(max_size=20).map(str))
def test_it_refuses_or_understands_any_text(text):
    try:
        cursor = Cursor.decode(text)
    except InvalidCursor:
        return
    assert isinstance(cursor, Cursor)


@pytest.fixture
def ties(acme):
    """Ten events, newest first: 4 at one time, 3 a second earlier, 3 a second before that."""
    times = [START, START + timedelta(seconds=1), START + timedelta(seconds=2)]
    drafts = [draft(occurred_at=times[number % 3], item_id=str(number)) for number in range(10)]
    record(acme, drafts)
    return Event.objects.filter(organization=acme)


def seqs(page: ordering.Page) -> list[int]:
    return [event.seq for event in page.rows]


def pages(events, order: Order, size: int) -> list[ordering.Page]:
    def take(direction, start, count):
        return list(ordering.part(events, direction, start, count))

    found = [ordering.page(take, order, None, size)]
    while found[-1].next:
        assert len(found) < 10
        found.append(ordering.page(take, order, found[-1].next, size))
    backwards = [ordering.page(take, order, Cursor(is_forward=False), size)]
    while backwards[-1].previous:
        assert len(backwards) < 10
        backwards.append(ordering.page(take, order, backwards[-1].previous, size))
    assert seqs(backwards[-1]) == seqs(found[0])
    assert seqs(backwards[0])[-1] == seqs(found[-1])[-1]
    return found


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("order", "expected"),
    [
        (Order.NEWEST, [9, 6, 3, 8, 5, 2, 10, 7, 4, 1]),
        (Order.OLDEST, [1, 4, 7, 10, 2, 5, 8, 3, 6, 9]),
    ],
)
@pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 9, 10, 11])
def test_it_walks_through_ties_at_any_size(ties, order, expected, size):
    found = pages(ties, order, size)
    assert [seq for page in found for seq in seqs(page)] == expected
    assert [len(page.rows) for page in found[:-1]] == [size] * (len(found) - 1)
    assert [bool(page.previous) for page in found] == [False] + [True] * (len(found) - 1)
    assert [bool(page.last) for page in found] == [True] * (len(found) - 1) + [False]


@pytest.mark.django_db
def test_it_shows_the_end_beyond_the_end(acme, ties):
    beyond = Cursor(is_forward=True, position=Position(START - timedelta(days=1), 1))
    page = LogQuery.for_operator(acme, QueryDict(f"p={beyond.encode()}")).page()
    assert seqs(page) == [9, 6, 3, 8, 5, 2, 10, 7, 4, 1]
    assert (page.previous, page.next, page.last) == (None, None, None)


@pytest.mark.django_db
def test_it_keeps_its_place_when_events_arrive(acme, ties):
    def take(direction, start, count):
        return list(ordering.part(ties.all(), direction, start, count))

    first = ordering.page(take, Order.NEWEST, None, 4)
    record(acme, [draft(occurred_at=START + timedelta(seconds=2)), draft(occurred_at=START)])
    assert seqs(ordering.page(take, Order.NEWEST, first.next, 4)) == [5, 2, 12, 10]


@pytest.mark.django_db
def test_it_has_no_way_on_from_an_empty_log(acme):
    assert LogQuery.for_operator(acme, QueryDict()).page() == ordering.Page([], None, None, None)


@pytest.mark.django_db
@pytest.mark.parametrize("order", Order)
@pytest.mark.parametrize("size", [1, 3, 5, 10, 11])
def test_it_reads_everything_in_batches(ties, order, size):
    found = list(islice(ordering.batches(ties, order, ["occurred_at", "seq"], size), 12))
    expected = ordering.ordered(ties, order).values_list("seq", flat=True)
    assert [row.seq for batch in found for row in batch] == list(expected)
    assert all(len(batch) == size for batch in found[:-1])
