"""The rows of the table, ready for the template: texts, and an address behind every cell."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from activity.clock import SECOND, Clock
from activity.event_types import Level, event_type
from activity.log_urls import LogUrl
from activity.models import Event


@dataclass(frozen=True, slots=True)
class Row:
    """One event. URLs are empty where there is nothing to filter by."""

    day: str
    year: str
    time: str
    instant: str
    day_url: str
    moment_url: str
    user: str
    user_title: str
    user_url: str
    label: str
    description: str | Promise
    category: str
    level: Level
    event_url: str
    ip: str
    ip_url: str
    detail_url: str

    @property
    def detail_title(self) -> str:
        return f"{_('Details')}: {self.label}, {self.user}, {self.day} {self.year} {self.time}"


def rows(
    events: Iterable[Event], address: LogUrl, clock: Clock, organization: str
) -> Iterator[Row]:
    """`address` is the list's, with all its filters; `organization` a slug."""
    for event in events:
        yield row(event, address, clock, detail_url=detail_address(event.pk, address, organization))


def row(event: Event, address: LogUrl, clock: Clock, *, detail_url: str = "") -> Row:
    kind = event_type(event.event_type)
    day = clock.day_parameter(event.occurred_at)
    email, ip = event.actor.email, event.ip or ""
    return Row(
        day=clock.day(event.occurred_at),
        year=clock.year(event.occurred_at),
        time=clock.time(event.occurred_at),
        instant=event.occurred_at.isoformat(),
        day_url=str(address.with_params(since=day, until=day)),
        moment_url=str(moment_address(address, event.occurred_at, clock)),
        user=str(event.actor),
        user_title=_("%(user)s: show this user only") % {"user": event.actor.name or email},
        user_url=str(address.with_params(user=email)) if email else "",
        label=str(kind.label),
        description=kind.description,
        category=kind.category.code,
        level=kind.level,
        event_url=str(address.with_params(event=kind.code)),
        ip=ip,
        ip_url=str(address.with_params(ip=ip)) if ip else "",
        detail_url=detail_url,
    )


def moment_address(address: LogUrl, instant: datetime, clock: Clock) -> LogUrl:
    """The log in the second of `instant`: `[t, t + 1 s)`."""
    start = instant.replace(microsecond=0)
    return address.with_params(since=clock.parameter(start), until=clock.parameter(start + SECOND))


def detail_address(event_id: UUID, address: LogUrl, organization: str) -> str:
    """The page of one event. It keeps the list's filters and page, for the way back.

    The organization is always named, so that the address works for whoever may read several logs.
    """
    path = reverse("admin:activity_event_change", args=[event_id])
    others = tuple(pair for pair in address.parameters if pair[0] != "organization")
    return str(LogUrl(path, (("organization", organization), *others)))
