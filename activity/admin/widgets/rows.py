"""The rows of the table of events: the text and the URL of each cell."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from activity import event_types
from activity.admin.widgets.invisible import visible
from activity.clock import SECOND, Clock
from activity.event_types import Level
from activity.log_urls import LogUrl
from activity.models import Event


@dataclass(frozen=True, slots=True)
class Row:
    """One event. A URL is empty when its cell has no value to filter by."""

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
    color: str
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
    """`address` is the URL of the list with its filters; `organization` is a slug."""
    for event in events:
        yield row(event, address, clock, detail_url=detail_address(event.pk, address, organization))


def row(event: Event, address: LogUrl, clock: Clock, *, detail_url: str = "") -> Row:
    event_type = event_types.event_type(event.event_type)
    day = clock.day_parameter(event.occurred_at)
    email, ip = event.actor.email, event.ip or ""
    return Row(
        day=clock.day(event.occurred_at),
        year=clock.year(event.occurred_at),
        time=clock.time(event.occurred_at),
        instant=event.occurred_at.isoformat(),
        day_url=str(address.with_params(since=day, until=day)),
        moment_url=str(moment_address(address, event.occurred_at, clock)),
        user=visible(event.actor),
        user_title=_("%(user)s: show this user only")
        % {"user": visible(event.actor.name or email)},
        user_url=str(address.with_params(user=email)) if email else "",
        label=visible(event_type.label),
        description=event_type.description,
        color=event_type.category.color,
        level=event_type.level,
        event_url=str(address.with_params(event=event_type.code)),
        ip=ip,
        ip_url=str(address.with_params(ip=ip)) if ip else "",
        detail_url=detail_url,
    )


def moment_address(address: LogUrl, instant: datetime, clock: Clock) -> LogUrl:
    """The log filtered to the second of `instant`: `[t, t + 1 s)`."""
    start = instant.replace(microsecond=0)
    return address.with_params(since=clock.parameter(start), until=clock.parameter(start + SECOND))


def detail_address(event_id: UUID, address: LogUrl, organization: str) -> str:
    """The URL of an event's page. It keeps the filters and the page of the list for the link back.

    It always names the organization, because the visitor may be able to read several logs.
    """
    path = reverse("admin:activity_event_change", args=[event_id])
    others = tuple(pair for pair in address.parameters if pair[0] != "organization")
    return str(LogUrl(path, (("organization", organization), *others)))
