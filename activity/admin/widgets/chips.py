"""The active filters as chips, each with a link that removes it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, datetime, timedelta
from typing import Any

from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from activity import event_types
from activity.admin.widgets.invisible import visible
from activity.clock import SECOND, Clock
from activity.event_types import CATEGORIES
from activity.log_urls import LogUrl
from activity.reading.filter_fields import LogFilter
from activity.reading.filter_values import EventSelection
from activity.reading.filters import narrowing_filters

WIDER = (("± 5 min", timedelta(minutes=5)), ("± 1 h", timedelta(hours=1)))


@dataclass(frozen=True, slots=True)
class Chip:
    """One active filter. `color` is that of the dot; `wider` has (label, URL) pairs of
    links that widen the range.
    """

    key: str | Promise
    value: str | Promise
    remove_url: str
    color: str = ""
    wider: tuple[tuple[str, str], ...] = ()


def chips(values: dict[str, Any], address: LogUrl, clock: Clock) -> list[Chip]:
    """Return one chip for each value in the parsed `values`, in the order of the filter bar."""
    found: list[Chip] = []
    for name, declared in narrowing_filters().items():
        if name == "event":
            found += _events(values.get("event"), address)
        elif name == "since":
            found += _times(values.get("since"), values.get("until"), address, clock)
        elif name != "until" and values.get(name) is not None:
            found += _texts(name, declared, address)
    return found


def _texts(name: str, declared: LogFilter, address: LogUrl) -> Iterator[Chip]:
    """One chip for each value of a list, or one for the whole text of another filter."""
    label = declared.chip_label
    if not declared.is_list:
        yield Chip(label, visible(address.value(name)), str(address.without(name)))
        return
    for text in address.values(name):
        is_excluded = declared.can_exclude and text.startswith("-")
        yield Chip(
            key=format_lazy("{} {}", _("Not"), label) if is_excluded else label,
            value=visible(text[1:] if is_excluded else text),
            remove_url=str(address.without_value(name, text)),
        )


def _events(selection: EventSelection | None, address: LogUrl) -> Iterator[Chip]:
    for token in selection.tokens if selection else ():
        code = token.removeprefix("-")
        category = CATEGORIES.get(code)
        event_type = event_types.event_type(code)
        yield Chip(
            key=_("Not") if token.startswith("-") else _("Event"),
            value=category.label if category else visible(event_type.label),
            remove_url=str(address.without_value("event", token)),
            color=(category or event_type.category).color,
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
