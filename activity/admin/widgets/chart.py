"""The histogram as a drawing: bars, ticks and texts. `activity.reading.facets.counting` counts.

Coordinates are whole numbers, and the browser stretches the drawing to the page. A drawing is
`BAR_WIDTH` units wide for each bar and `HEIGHT` units high. Each level is one SVG path, which is
cheaper to render than one shape for each bar. Coordinates are text, so that no locale formats them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import formats
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from activity.clock import (
    DAY_FORMAT,
    LONG_DAY_FORMAT,
    MONTH_FORMAT,
    SECOND,
    SHORT_DAY_FORMAT,
    SHORT_MOMENT_FORMAT,
    Clock,
    written,
)
from activity.event_types import LEVEL_LABELS, Level
from activity.log_urls import LogUrl
from activity.reading.facets.counting import Bin, Summary
from activity.reading.histogram import Width

BAR_WIDTH = 10
GAP = 1
HEIGHT = 200
MIN_HEIGHT = 4
MAX_TICKS = 5
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
    Width.MONTH: MONTH_FORMAT,
    Width.YEAR: "Y",
}


@dataclass(frozen=True, slots=True)
class Bar:
    """One clickable bar. `url` narrows the log to it; `label` is its accessible name.

    The script uses `first` and `last`, the names of its ends, for a selection of several bars.
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
    """A label at the start of a bin. `x` is in per cent of the width."""

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
    """The current range. A click on the first or last bar must not widen it."""

    since: datetime | None = None
    until: datetime | None = None

    def clip(self, one: Bin) -> tuple[datetime, datetime]:
        since = one.since if self.since is None else max(one.since, self.since)
        until = one.until if self.until is None else min(one.until, self.until)
        return since, until


def draw(summary: Summary, address: LogUrl, clock: Clock, limits: Limits) -> Chart | None:
    """Return the chart of `summary`, or None when it has fewer than two bins or no events."""
    if not summary.total or len(summary.bins) < 2 or summary.width is None:
        return None
    width, bins = summary.width, summary.bins
    paths = bars([[one.counts[level] for level in Level] for one in bins])
    return Chart(
        title=TITLES[width],
        width=str(len(bins) * BAR_WIDTH),
        peak=max(one.total for one in bins),
        bars=[_bar(i, one, width, address, clock, limits) for i, one in enumerate(bins)],
        layers=[Layer(lv, LEVEL_LABELS[lv], path) for lv, path in zip(Level, paths, strict=True)],
        ticks=_ticks(bins, width, clock),
    )


def bars(columns: Sequence[Sequence[int]]) -> list[str]:
    """Return the data of one SVG path for each layer of stacked bars.

    `columns` has one sequence for each bar, with the count of each layer.
    """
    peak = max(map(sum, columns), default=0)
    shapes: list[list[str]] = [[] for _layer in columns[0]] if columns else []
    for index, counts in enumerate(columns):
        top = HEIGHT
        for shape, height in zip(shapes, segment_heights(counts, peak), strict=True):
            if height:
                top -= height
                width = BAR_WIDTH - 2 * GAP
                shape.append(f"M{index * BAR_WIDTH + GAP} {top}h{width}v{height}h-{width}z")
    return ["".join(shape) for shape in shapes]


def segment_heights(counts: Sequence[int], peak: int) -> list[int]:
    """Return the heights of one bar's segments.

    Non-zero segments are at least `MIN_HEIGHT` high; the highest is shortened to make room.
    """
    heights = [max(MIN_HEIGHT, round(count * HEIGHT / peak)) if count else 0 for count in counts]
    excess = sum(heights) - HEIGHT
    if excess > 0:
        heights[heights.index(max(heights))] -= excess
    return heights


def spread(candidates: Sequence[int]) -> list[int]:
    """Return at most `MAX_TICKS` of `candidates`, evenly spread, the first included."""
    step = -(-len(candidates) // MAX_TICKS) or 1
    return list(candidates[::step])


def _bar(index: int, one: Bin, width: Width, address: LogUrl, clock: Clock, limits: Limits) -> Bar:
    since, until = limits.clip(one)
    first, last = _ends(one, width, clock)
    if first == last:
        text = first
    elif width.value < timedelta(days=1):
        text = f"{first} – {clock.time(one.until, '%H:%M')}"
    else:
        text = f"{first} – {last}"
    return Bar(
        x=str(index * BAR_WIDTH),
        url=str(address.with_params(**_range(since, until, clock))),
        label=f"{text}: {_count(one)}",
        first=first,
        last=last,
        count=str(one.total),
    )


def _range(since: datetime, until: datetime, clock: Clock) -> dict[str, str]:
    """The parameters `since` and `until` in their shortest form."""
    if clock.is_midnight(since) and clock.is_midnight(until):
        return {
            "since": clock.day_parameter(since),
            "until": clock.day_parameter(until - SECOND),
        }
    return {"since": clock.parameter(since), "until": clock.parameter(until)}


def _ends(one: Bin, width: Width, clock: Clock) -> tuple[str, str]:
    """The first and the last day of the bin, or the times of its start and end."""
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
    if len(midnights) >= MAX_TICKS - 1:
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
