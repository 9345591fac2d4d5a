"""What the pages say of a destination: its health in words, by the organization's clock."""

from dataclasses import dataclass
from datetime import datetime
from typing import Self

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from activity import access
from activity.clock import Clock
from activity.delivery.health import Health, health_of
from activity.delivery.models import Destination, ParkedEvent
from activity.event_types import event_type
from activity.models import Event
from organizations.models import User

MOST_PARKED = 50
MINUTE, HOUR, DAY = 60, 60 * 60, 24 * 60 * 60


@dataclass(frozen=True, slots=True)
class ParkedRow:
    """A parked event with the event itself, when the user may see it."""

    parked: ParkedEvent
    parked_at: str
    event: Event | None
    label: str


@dataclass(frozen=True, slots=True)
class State:
    """Times are texts, empty for what never was."""

    health: Health
    waiting: str
    last_success: str
    last_error: str
    failing_since: str
    next_attempt: str
    parked: list[ParkedRow]
    parked_count: int

    @classmethod
    def of(cls, destination: Destination, user: User) -> Self:
        clock = Clock(destination.organization.zone)
        health = health_of(destination)

        def told(instant: datetime | None) -> str:
            return clock.moment(instant) if instant else ""

        return cls(
            health=health,
            waiting=waiting(health),
            last_success=told(destination.last_success_at),
            last_error=told(destination.last_error_at),
            failing_since=told(destination.failing_since),
            next_attempt=told(destination.retry_at),
            parked=_parked_rows(destination, user, clock),
            parked_count=destination.parked_events.count(),
        )


def waiting(health: Health) -> str:
    """How far it lags behind, such as “12 events, 95 seconds”."""
    if not health.waiting:
        return _("nothing waits")
    events = ngettext("%(count)s event", "%(count)s events", health.waiting)
    return ", ".join([events % {"count": f"{health.waiting:,}"}, *_lag(health.lag_seconds)])


def _lag(seconds: float) -> list[str]:
    if seconds < 1:
        return []
    count = int(seconds)
    text = ngettext("%(count)s second", "%(count)s seconds", count) % {"count": f"{count:,}"}
    return [text + _in_large(count)]


def _in_large(seconds: int) -> str:
    """The same again where nobody counts in seconds."""
    if seconds >= 2 * DAY:
        return _(" (%d days)") % (seconds // DAY)
    if seconds >= 2 * HOUR:
        return _(" (%d hours)") % (seconds // HOUR)
    return _(" (%d minutes)") % (seconds // MINUTE) if seconds >= 2 * MINUTE else ""


def _parked_rows(destination: Destination, user: User, clock: Clock) -> list[ParkedRow]:
    rows = list(destination.parked_events.order_by("seq")[:MOST_PARKED])
    events = _events(destination, user, [parked.seq for parked in rows])
    return [
        ParkedRow(
            parked,
            clock.moment(parked.parked_at),
            found := events.get(parked.seq),
            str(event_type(found.event_type).label) if found else "",
        )
        for parked in rows
    ]


def _events(destination: Destination, user: User, numbers: list[int]) -> dict[int, Event]:
    if not numbers:
        return {}
    try:
        events = access.log_for_user(user, destination.organization)
    except PermissionDenied:  # the plan has no log any more
        return {}
    found = events.filter(seq__in=numbers).select_related("actor")
    return {event.seq: event for event in found}
