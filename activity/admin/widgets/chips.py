"""The active filters as chips, each with a link that removes it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, datetime, timedelta
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from activity import event_types
from activity.clock import SECOND, Clock
from activity.event_types import CATEGORIES
from activity.log_urls import LogUrl
from activity.reading.filter_values import EventSelection

WIDER = (("± 5 min", timedelta(minutes=5)), ("± 1 h", timedelta(hours=1)))


@dataclass(frozen=True, slots=True)
class Chip:
    """One active filter. `category` sets the colour of the dot; `wider` has (label, URL) pairs of
    links that widen the range.
    """

    key: str | Promise
    value: str | Promise
    remove_url: str
    category: str = ""
    wider: tuple[tuple[str, str], ...] = ()


def chips(values: dict[str, Any], address: LogUrl, clock: Clock) -> list[Chip]:
    """Return one chip for each value in the parsed `values`, in the order of the filter bar."""
    return [
        *_search(values, address),
        *_list("user", _("User"), values, address),
        *_list("ip", _("IP address"), values, address),
        *_events(values.get("event"), address),
        *_times(values.get("since"), values.get("until"), address, clock),
    ]


def _search(values: dict[str, Any], address: LogUrl) -> Iterator[Chip]:
    if values.get("q"):
        yield Chip(_("User or IP"), address.value("q"), str(address.without("q")))


def _list(name: str, key: str | Promise, values: dict[str, Any], address: LogUrl) -> Iterator[Chip]:
    if values.get(name):
        for text in address.values(name):
            yield Chip(key, text, str(address.without_value(name, text)))


def _events(selection: EventSelection | None, address: LogUrl) -> Iterator[Chip]:
    for token in selection.tokens if selection else ():
        code = token.removeprefix("-")
        category = CATEGORIES.get(code)
        event_type = event_types.event_type(code)
        yield Chip(
            key=_("Not") if token.startswith("-") else _("Event"),
            value=category.label if category else event_type.label,
            remove_url=str(address.without_value("event", token)),
            category=category.code if category else event_type.category.code,
        )


def _times(
    since: datetime | None, until: datetime | None, address: LogUrl, clock: Clock
) -> Iterator[Chip]:
    anytime = str(address.without("since", "until"))
    if since and until and until - since == SECOND:
        yield Chip(_("Time"), clock.moment(since), anytime, wider=_wider(since, address, clock))
    elif since and until and clock.is_day(since, until):
        yield Chip(_("Day"), clock.date(since), anytime)
    else:
        if since:
            yield Chip(_("From"), clock.moment(since), str(address.without("since")))
        if until:
            yield Chip(_("To"), clock.end(until), str(address.without("until")))


def _wider(moment: datetime, address: LogUrl, clock: Clock) -> tuple[tuple[str, str], ...]:
    def around(delta: timedelta) -> str:
        since, until = clock.parameter(moment - delta), clock.parameter(moment + SECOND + delta)
        return str(address.with_params(since=since, until=until))

    if not MINYEAR < moment.year < MAXYEAR:
        return ()
    return tuple((label, around(delta)) for label, delta in WIDER)
