"""The histogram as a drawing: bars, ticks and words. Pure; `activity.reading.facets.counting` counts.

Each level is one path, and coordinates are text, so that a chart costs little to render and no
language writes its numbers otherwise.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import formats
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from activity.admin.widgets.geometry import BAR, MOST_TICKS, bars, spread
from activity.clock import (
    DAY_FORMAT,
    LONG_DAY_FORMAT,
    SECOND,
    SHORT_DAY_FORMAT,
    SHORT_MOMENT_FORMAT,
    Clock,
    written,
)
from activity.event_types import LEVEL_LABELS, Level
from activity.log_urls import LogAddress
from activity.reading.facets.counting import Bin, Summary
from activity.reading.histogram import Width

FIRST_CENTRED_TICK, LAST_CENTRED_TICK = 4.0, 92.0

TITLES: dict[Width, str | Promise] = {
    Width.MINUTE: _("Events per minute"),
    Width.FIVE_MINUTES: _("Events per 5 minutes"),
    Width.HALF_HOUR: _("Events per half hour"),
    Width.TWO_HOURS: _("Events per 2 hours"),
    Width.SIX_HOURS: _("Events per 6 hours"),
    Width.DAY: _("Events per day"),
    Width.WEEK: _("Events per week"),
    Width.MONTH: _("Events per month"),
    Width.YEAR: _("Events per year"),
}
TICK_FORMATS: dict[Width, str | Promise] = {
    Width.WEEK: DAY_FORMAT,
    Width.MONTH: "M Y",
    Width.YEAR: "Y",
}


@dataclass(frozen=True, slots=True)
class Bar:
    """A place to click: `url` narrows the log to it, `label` says what is there.

    `first` and `last` name its ends, for a selection of several.
    """

    x: str
    url: str
    label: str
    first: str
    last: str
    count: str


@dataclass(frozen=True, slots=True)
class Layer:
    """All the bars of one level, as the data of one SVG path."""

    level: Level
    label: str | Promise
    path: str


@dataclass(frozen=True, slots=True)
class Tick:
    """A label on the edge of a bin; `x` is in per cent of the width."""

    x: str
    text: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Chart:
    title: str | Promise
    width: str
    peak: int
    bars: list[Bar]
    layers: list[Layer]
    ticks: list[Tick]


@dataclass(frozen=True, slots=True)
class Limits:
    """The range in force, which a click on its first or last bar must not widen."""

    since: datetime | None = None
    until: datetime | None = None

    def clip(self, one: Bin) -> tuple[datetime, datetime]:
        since = one.since if self.since is None else max(one.since, self.since)
        until = one.until if self.until is None else min(one.until, self.until)
        return since, until


def draw(summary: Summary, address: LogAddress, clock: Clock, limits: Limits) -> Chart | None:
    """The chart of `summary`, or None when there is nothing to compare."""
    if not summary.total or len(summary.bins) < 2 or summary.width is None:
        return None
    width, bins = summary.width, summary.bins
    paths = bars([[one.counts[level] for level in Level] for one in bins])
    return Chart(
        title=TITLES[width],
        width=str(len(bins) * BAR),
        peak=max(one.total for one in bins),
        bars=[_bar(i, one, width, address, clock, limits) for i, one in enumerate(bins)],
        layers=[Layer(lv, LEVEL_LABELS[lv], path) for lv, path in zip(Level, paths, strict=True)],
        ticks=_ticks(bins, width, clock),
    )


def _bar(
    index: int, one: Bin, width: Width, address: LogAddress, clock: Clock, limits: Limits
) -> Bar:
    since, until = limits.clip(one)
    first, last = _ends(one, width, clock)
    if first == last:
        words = first
    elif width.value < timedelta(days=1):
        words = f"{first} – {clock.time(one.until, '%H:%M')}"
    else:
        words = f"{first} – {last}"
    return Bar(
        x=str(index * BAR),
        url=str(address.setting(**_range(since, until, clock))),
        label=f"{words}: {_count(one)}",
        first=first,
        last=last,
        count=str(one.total),
    )


def _range(since: datetime, until: datetime, clock: Clock) -> dict[str, str]:
    """`since` and `until` as short as they can be said."""
    if clock.is_midnight(since) and clock.is_midnight(until):
        return {
            "since": clock.day_parameter(since),
            "until": clock.day_parameter(until - SECOND),
        }
    return {"since": clock.parameter(since), "until": clock.parameter(until)}


def _ends(one: Bin, width: Width, clock: Clock) -> tuple[str, str]:
    """The first and the last day of the bin, or the times when it begins and ends."""
    if width.value < timedelta(days=1):
        return clock.minute(one.since), clock.minute(one.until)
    first, last = clock.local(one.since).date(), clock.local(one.until - SECOND).date()
    return written(first, LONG_DAY_FORMAT), written(last, LONG_DAY_FORMAT)


def _count(one: Bin) -> str:
    text = counted(ngettext("%(count)s event", "%(count)s events", one.total), one.total)
    sensitive = one.counts[Level.SENSITIVE]
    if sensitive:
        text += ", " + counted(_("%(count)s sensitive"), sensitive)
    return text


def counted(text: str | Promise, count: int) -> str:
    return text % {"count": formats.number_format(count, force_grouping=True)}


def _ticks(bins: Sequence[Bin], width: Width, clock: Clock) -> list[Tick]:
    pattern: str | Promise
    indexes: list[int] = list(range(len(bins)))
    midnights = [i for i in indexes if clock.is_midnight(bins[i].since)]
    if len(midnights) >= MOST_TICKS - 1:
        indexes, pattern = midnights, TICK_FORMATS.get(width, SHORT_DAY_FORMAT)
    elif clock.local(bins[0].since).date() == clock.local(bins[-1].since).date():
        pattern = "H:i"
    else:
        pattern = SHORT_MOMENT_FORMAT
    return [
        _tick(100 * i / len(bins), formats.date_format(clock.local(bins[i].since), str(pattern)))
        for i in spread(indexes)
    ]


def _tick(x: float, text: str) -> Tick:
    if x < FIRST_CENTRED_TICK:
        return Tick(f"{x:.2f}%", text, "start")
    anchor = "middle" if x < LAST_CENTRED_TICK else "end"
    return Tick(f"{x:.2f}%", text, anchor)
