"""The data of the page that searches among the event types of a log."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from activity.admin.widgets.event_panel import most_frequent
from activity.event_types import BEYOND, EventType, event_type
from activity.log_urls import LogUrl
from activity.models import Actor, LogHead
from activity.reading.filters import has_code

MAX_FOUND = 200
MAX_LENGTH = 100  # of a code


@dataclass(frozen=True, slots=True)
class FoundType:
    """`count` is the number of events in the whole log; None if they are counted with others."""

    event_type: EventType
    count: int | None
    url: str


@dataclass(frozen=True)
class TypeSearch:
    """The types of a log whose code or label contains `text`, by number of events.

    `address` is the URL of the log, with the filters in force.
    """

    head: LogHead
    text: str
    address: LogUrl

    @property
    def beyond(self) -> int:
        """The number of events whose types are counted together."""
        return int(self.head.type_counts.get(BEYOND, 0))

    @property
    def found(self) -> list[FoundType]:
        return self._matches[:MAX_FOUND]

    @property
    def more(self) -> int:
        """The number of matching types that are not shown."""
        return max(0, len(self._matches) - MAX_FOUND)

    @cached_property
    def _matches(self) -> list[FoundType]:
        return list(self._search())

    def _search(self) -> Iterator[FoundType]:
        counts, sought = self.head.type_counts, Actor.fold(self.text)
        for code in filter(counts.get, most_frequent(counts)):
            found = event_type(code)
            if sought in Actor.fold(code) or sought in Actor.fold(str(found.label)):
                yield self._found(found, counts[code])
        if self.text and self.text not in counts and has_code(self.head, self.text):
            yield self._found(event_type(self.text), None)

    def _found(self, found: EventType, count: int | None) -> FoundType:
        return FoundType(found, count, str(self.address.with_params(event=found.code)))
