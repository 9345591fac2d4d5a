"""The log as it grows: what was recorded after a number, in the order of recording.

The API's feed and the deliveries read here. Nothing is missed, since numbers have no gap.
"""

from dataclasses import dataclass

from django.conf import settings

from activity.formats import FIELDS, EventRow
from activity.reading.query import LogQuery
from activity.reading.timeouts import time_budget

FEED_WINDOW = 50_000


@dataclass(frozen=True, slots=True)
class FeedSlice:
    """`rows` are all that match after the number asked for, up to and with `end`."""

    rows: list[EventRow]
    end: int
    has_more: bool


def read(query: LogQuery, after: int, limit: int) -> FeedSlice:
    """At most `limit` events after number `after`. Raises `budget.OutOfTime`.

    The end of the log was read before its events: what is recorded in between comes next time.
    Filters may match nothing for long, so that one call looks through `FEED_WINDOW` events at
    most, and `end` passes those that do not match.
    """
    end = min(query.head.size, after + FEED_WINDOW)
    events = query.filterset.scanned().filter(
        actor__organization=query.organization, seq__gt=after, seq__lte=end
    )
    columns = events.order_by("seq").values_list(*FIELDS)[:limit]
    with time_budget(settings.PAGE_SECONDS, is_page=True):
        rows = [EventRow(*row) for row in columns]
    if len(rows) == limit:
        end = rows[-1].seq
    return FeedSlice(rows, end, has_more=end < query.head.size)
