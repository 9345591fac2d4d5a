"""The filters in force as chips, each of which can be removed."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, datetime, timedelta
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from activity.clock import SECOND, Clock
from activity.event_types import CATEGORIES, event_type
from activity.log_urls import LogUrl
from activity.reading.filter_values import EventSelection

WIDER = (("± 5 min", timedelta(minutes=5)), ("± 1 h", timedelta(hours=1)))


@dataclass(frozen=True, slots=True)
class Chip:
    """`category` colours the dot of an event; `wider` are links (label, URL) that show more."""

    key: str | Promise
    value: str | Promise
    remove_url: str
    category: str = ""
    wider: tuple[tuple[str, str], ...] = ()


def chips(values: dict[str, Any], address: LogUrl, clock: Clock) -> list[Chip]:
    """One for each value among the parsed `values`, in the order of the filter bar."""
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
        kind = event_type(code)
        yield Chip(
            key=_("Not") if token.startswith("-") else _("Event"),
            value=category.label if category else kind.label,
            remove_url=str(address.without_value("event", token)),
            category=category.code if category else kind.category.code,
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
