"""The events that answer one request, and where the next one goes on."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from activity.api.cursors import FeedCursor, HistoryCursor
from activity.api.problems import SECONDS_TO_RECOVER, Problem
from activity.api.questions import Question
from activity.budget import OutOfTime, time_budget
from activity.formats import FIELDS
from activity.keyset import Position, beyond, ordered
from activity.models import Event

FEED_WINDOW = 50_000


@dataclass(frozen=True, slots=True)
class Slice:
    """`rows` have `formats.FIELDS`. In the feed there is always a cursor."""

    rows: list[Any]
    cursor: FeedCursor | HistoryCursor | None
    has_more: bool


def take(question: Question) -> Slice:
    """Raises `Problem` when the database takes too long."""
    try:
        with time_budget(settings.PAGE_SECONDS, is_page=True):
            if isinstance(question.cursor, FeedCursor):
                return _feed(question, question.cursor)
            return _history(question, question.cursor)
    except OutOfTime as error:
        detail = _("This takes too long to find. Ask for a shorter time, or for less in one go.")
        headers = {"Retry-After": str(SECONDS_TO_RECOVER)}
        status = HTTPStatus.SERVICE_UNAVAILABLE
        raise Problem(status, "out_of_time", detail, headers=headers) from error


def _feed(question: Question, cursor: FeedCursor) -> Slice:
    """What was recorded after the cursor, in that order.

    The end of the log was read before its events: what is recorded in between comes next time.
    Filters may match nothing for long, so that a request looks through `FEED_WINDOW` events at
    most, and the cursor passes those that do not match.
    """
    size = question.query.head.size
    end = min(size, cursor.seq + FEED_WINDOW)
    rows = list(
        _rows(question).filter(seq__gt=cursor.seq, seq__lte=end).order_by("seq")[: question.limit]
    )
    if len(rows) == question.limit:
        end = rows[-1].seq
    return Slice(rows, FeedCursor(end), has_more=end < size)


def _history(question: Question, cursor: HistoryCursor | None) -> Slice:
    order = question.query.order
    events = _rows(question)
    if cursor:
        events = events.filter(beyond(cursor.position, order))
    rows = list(ordered(events, order)[: question.limit + 1])
    has_more = len(rows) > question.limit
    rows = rows[: question.limit]
    if not has_more:
        return Slice(rows, None, has_more=False)
    position = Position(rows[-1].occurred_at, rows[-1].seq)
    return Slice(rows, HistoryCursor(order, position), has_more=True)


def _rows(question: Question) -> QuerySet[Event, Any]:
    """The matching events, with the organization fixed on events and on actors."""
    query = question.query
    events = query.filterset.scanned().filter(actor__organization=query.organization)
    return events.values_list(*FIELDS, named=True)
