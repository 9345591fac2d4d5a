"""The events that answer one request, and where the next one goes on."""

from dataclasses import dataclass

from django.conf import settings

from activity import paging
from activity.api.cursors import FeedCursor, HistoryCursor
from activity.api.questions import Question
from activity.budget import time_budget
from activity.formats import FIELDS, EventRow
from activity.keyset import Position

FEED_WINDOW = 50_000


@dataclass(frozen=True, slots=True)
class Slice:
    """In the feed there is always a cursor."""

    rows: list[EventRow]
    cursor: FeedCursor | HistoryCursor | None
    has_more: bool


def take(question: Question) -> Slice:
    """Raises `budget.OutOfTime`."""
    if isinstance(question.cursor, FeedCursor):
        return _feed(question, question.cursor)
    return _history(question, question.cursor)


def _feed(question: Question, cursor: FeedCursor) -> Slice:
    """What was recorded after the cursor, in that order.

    The end of the log was read before its events: what is recorded in between comes next time.
    Filters may match nothing for long, so that a request looks through `FEED_WINDOW` events at
    most, and the cursor passes those that do not match.
    """
    query = question.query
    end = min(query.head.size, cursor.seq + FEED_WINDOW)
    events = query.filterset.scanned().filter(
        actor__organization=query.organization, seq__gt=cursor.seq, seq__lte=end
    )
    columns = events.order_by("seq").values_list(*FIELDS)[: question.limit]
    with time_budget(settings.PAGE_SECONDS, is_page=True):
        rows = [EventRow(*row) for row in columns]
    if len(rows) == question.limit:
        end = rows[-1].seq
    return Slice(rows, FeedCursor(end), has_more=end < query.head.size)


def _history(question: Question, cursor: HistoryCursor | None) -> Slice:
    order = question.query.order
    fetch = paging.taker(question.query.filterset)
    events = fetch(order, cursor.position if cursor else None, question.limit + 1)
    has_more = len(events) > question.limit
    rows = [EventRow.of(event) for event in events[: question.limit]]
    if not has_more:
        return Slice(rows, None, has_more=False)
    position = Position(rows[-1].occurred_at, rows[-1].seq)
    return Slice(rows, HistoryCursor(order, position), has_more=True)
