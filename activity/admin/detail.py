"""Everything known about one event, for its page."""

import json
from dataclasses import dataclass
from functools import cached_property

from activity.admin.widgets.rows import Row, row
from activity.clock import Clock, iso_utc
from activity.log_urls import LogUrl
from activity.models import Event
from organizations.models import Organization


@dataclass(frozen=True)
class EventDetail:
    """`address` is the list's that one came from, with its filters and page."""

    event: Event
    address: LogUrl
    organization: Organization

    @cached_property
    def clock(self) -> Clock:
        return Clock(self.organization.zone)

    @cached_property
    def row(self) -> Row:
        """The same texts and links as in the list."""
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
        """As indented JSON; empty when there is none."""
        if not self.event.data:
            return ""
        return json.dumps(self.event.data, indent=2, sort_keys=True, ensure_ascii=False)
