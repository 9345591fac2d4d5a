"""The data of the page of one event."""

import json
from dataclasses import dataclass
from functools import cached_property

from activity.admin.widgets.invisible import visible
from activity.admin.widgets.rows import Row, row
from activity.clock import Clock, iso_utc
from activity.log_urls import LogUrl
from activity.models import Event
from organizations.models import Organization

# Indentation makes the largest data forty times as long.
MAX_DATA_CHARACTERS = 200_000


@dataclass(frozen=True)
class EventDetail:
    """`address` is the URL of the list, with its filters and page, for the link back."""

    event: Event
    address: LogUrl
    organization: Organization

    @cached_property
    def clock(self) -> Clock:
        return Clock(self.organization.zone)

    @cached_property
    def row(self) -> Row:
        """The texts and links of the event's row in the list."""
        return row(self.event, self.address, self.clock)

    @property
    def occurred_at_utc(self) -> str:
        return iso_utc(self.event.occurred_at)

    @property
    def received_at(self) -> str:
        return self.clock.moment(self.event.received_at)

    @property
    def received_at_utc(self) -> str:
        return iso_utc(self.event.received_at)

    @property
    def data(self) -> str:
        """The beginning of the event's data as indented JSON, or an empty string."""
        return visible(self._indented[:MAX_DATA_CHARACTERS])

    @property
    def is_data_cut(self) -> bool:
        return len(self._indented) > MAX_DATA_CHARACTERS

    @cached_property
    def _indented(self) -> str:
        if not self.event.data:
            return ""
        return json.dumps(self.event.data, indent=2, sort_keys=True, ensure_ascii=False)
