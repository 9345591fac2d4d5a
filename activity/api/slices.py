"""The events that answer one request, and where the next one goes on."""

from dataclasses import dataclass

from activity.api.cursors import FeedCursor, HistoryCursor
from activity.api.read_events import Question
from activity.formats import EventRow
from activity.reading import feed
from activity.reading.ordering import Position
from activity.reading.planner import paths


@dataclass(frozen=True, slots=True)
class Slice:
    """In the feed there is always a cursor."""

    rows: list[EventRow]
    cursor: FeedCursor | HistoryCursor | None
    has_more: bool


def take(question: Question) -> Slice:
    """Raises `QueryTimeout`."""
    if isinstance(question.cursor, FeedCursor):
        return _feed(question, question.cursor)
    return _history(question, question.cursor)


def _feed(question: Question, cursor: FeedCursor) -> Slice:
    """What was recorded after the cursor, in that order."""
    found = feed.read(question.query, cursor.seq, question.limit)
    return Slice(found.rows, FeedCursor(found.end), found.has_more)


def _history(question: Question, cursor: HistoryCursor | None) -> Slice:
    order = question.query.order
    fetch = paths.fetcher_for(question.query.filterset)
    events = fetch(order, cursor.position if cursor else None, question.limit + 1)
    has_more = len(events) > question.limit
    rows = [EventRow.of(event) for event in events[: question.limit]]
    if not has_more:
        return Slice(rows, None, has_more=False)
    position = Position(rows[-1].occurred_at, rows[-1].seq)
    return Slice(rows, HistoryCursor(order, position), has_more=True)
