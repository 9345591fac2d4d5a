"""Events in the order of recording: those recorded after a given sequence number.

The API's feed and the deliveries read here. Sequence numbers have no gaps, so a reader that
continues at the last number misses nothing.
"""

from dataclasses import dataclass

from django.conf import settings

from activity.formats import FIELDS, EventRow
from activity.reading.query import LogQuery
from activity.reading.timeouts import IN_ORDER, statement_timeout

FEED_WINDOW = 50_000


@dataclass(frozen=True, slots=True)
class FeedSlice:
    """`rows` are all matching events after the requested number, up to and including `end`."""

    rows: list[EventRow]
    end: int
    has_more: bool


def read(query: LogQuery, after: int, limit: int) -> FeedSlice:
    """At most `limit` events after sequence number `after`. Raises `QueryTimeout`.

    The head of the log was read before its events; events recorded in between are in the next
    slice. A filter may match nothing for long, so one call examines at most `FEED_WINDOW` events.
    `end` is then the last examined number.
    """
    end = min(query.head.size, after + FEED_WINDOW)
    events = query.filterset.in_order().filter(
        actor__organization=query.organization, seq__gt=after, seq__lte=end
    )
    columns = events.order_by("seq").values_list(*FIELDS)[:limit]
    with statement_timeout(settings.PAGE_SECONDS, planner=IN_ORDER):
        rows = [EventRow(*row) for row in columns]
    if len(rows) == limit:
        end = rows[-1].seq
    return FeedSlice(rows, end, has_more=end < query.head.size)
