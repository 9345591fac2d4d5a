"""The filter panel of the date range: quick ranges, and two fields with seconds."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from activity.clock import SECOND, Clock
from activity.log_urls import LogUrl

DAY = timedelta(days=1)
STILL_CURRENT = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class QuickRange:
    label: str | Promise
    url: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class MomentField:
    """A `datetime-local` field. `exact` is the parameter's text when the field cannot show it."""

    value: str = ""
    exact: str = ""


@dataclass(frozen=True, slots=True)
class RangePanel:
    """`summary` is the text of the closed panel."""

    summary: str
    quick_ranges: list[QuickRange]
    since: MomentField
    until: MomentField


def range_panel(
    since: datetime | None,
    until: datetime | None,
    address: LogUrl,
    clock: Clock,
    now: datetime,
) -> RangePanel:
    """`since` and `until` are the parsed instants; `address` has their texts."""
    return RangePanel(
        summary=_summary(since, until, clock, clock.local(now).year),
        quick_ranges=_quick_ranges(since, until, address, clock, now),
        since=_field(since, address.value("since"), clock),
        until=_field(until, address.value("until"), clock),
    )


def _field(instant: datetime | None, text: str, clock: Clock) -> MomentField:
    if instant is None:
        return MomentField()
    value = clock.field_value(instant)
    return MomentField(value, exact=text if text != value else "")


def _quick_ranges(
    since: datetime | None,
    until: datetime | None,
    address: LogUrl,
    clock: Clock,
    now: datetime,
) -> list[QuickRange]:
    """The last 24 hours to the minute, and ranges of whole days that end today."""
    anytime = address.without("since", "until")
    yesterday = (now - DAY).replace(second=0, microsecond=0)
    is_yesterday = since is not None and yesterday - STILL_CURRENT <= since <= yesterday

    def quick(label: str | Promise, text: str, *, is_current: bool) -> QuickRange:
        return QuickRange(label, str(anytime.with_params(since=text)), is_current and until is None)

    def last_days(count: int, label: str | Promise) -> QuickRange:
        first = (clock.local(now).date() - (count - 1) * DAY).isoformat()
        return quick(label, first, is_current=address.value("since") == first)

    return [
        quick(gettext_lazy("24 hours"), clock.parameter(yesterday), is_current=is_yesterday),
        last_days(7, gettext_lazy("7 days")),
        last_days(30, gettext_lazy("30 days")),
        QuickRange(gettext_lazy("All"), str(anytime), is_current=not (since or until)),
    ]


def _summary(since: datetime | None, until: datetime | None, clock: Clock, year: int) -> str:
    if since and until:
        if until - since == SECOND:
            return clock.moment(since)
        if clock.is_day(since, until):
            return clock.date(since)
        return f"{clock.short(since, year=year)} – {clock.short(until, year=year)}"
    if since:
        return _("Since %(moment)s") % {"moment": clock.short(since, year=year)}
    if until:
        return _("Until %(moment)s") % {"moment": clock.short(until, year=year)}
    return _("All time")
