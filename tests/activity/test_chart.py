"""The SVG of the histogram."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from activity.admin.widgets.chart import (
    BAR_WIDTH,
    HEIGHT,
    MAX_TICKS,
    MIN_HEIGHT,
    Limits,
    bars,
    draw,
    segment_heights,
    spread,
)
from activity.clock import Clock
from activity.event_types import Level
from activity.log_urls import LogUrl
from activity.reading import histogram
from activity.reading.facets.counting import Bin, Summary
from activity.reading.histogram import Width

ZURICH = ZoneInfo("Europe/Zurich")
NOTHING = {Level.ROUTINE: 0, Level.CHANGE: 0, Level.SENSITIVE: 0}


def utc(*parts):
    return datetime(*parts, tzinfo=UTC)


def summary(since, until, width, counts=None):
    """A summary with bins over the span. `counts` are routine events by index of the bin."""
    edges = histogram.edges(since, until, width, ZURICH)
    bins = tuple(
        Bin(start, end, {**NOTHING, Level.ROUTINE: (counts or {}).get(index, 1)})
        for index, (start, end) in enumerate(pairwise(edges))
    )
    return Summary(sum(one.total for one in bins), {}, width=width, bins=bins)


def chart(*span, width=Width.DAY, limits=None, counts=None):
    drawn = draw(summary(*span, width, counts), LogUrl("/log/"), Clock(ZURICH), limits or Limits())
    assert drawn
    return drawn


@given(st.lists(st.lists(st.integers(0, 10**7), min_size=3, max_size=3), min_size=1, max_size=20))
def test_it_stacks_bars_within_the_plot_and_hides_nothing(columns):
    peak = max(map(sum, columns))
    for counts in columns:
        heights = segment_heights(counts, peak)
        assert sum(heights) <= HEIGHT
        for count, height in zip(counts, heights, strict=True):
            assert height >= MIN_HEIGHT if count else height == 0


def test_it_fills_the_plot_with_the_highest_bar():
    assert segment_heights([30, 10, 10], 50) == [120, 40, 40]
    assert segment_heights([1, 0, 0], 1) == [HEIGHT, 0, 0]


def test_it_takes_from_the_largest_what_the_smallest_need():
    assert segment_heights([1_000_000, 1, 1], 1_000_002) == [
        HEIGHT - 2 * MIN_HEIGHT,
        MIN_HEIGHT,
        MIN_HEIGHT,
    ]


def test_it_draws_each_layer_as_one_path():
    assert bars([[1, 1], [0, 0], [2, 0]]) == [
        "M1 100h8v100h-8zM21 0h8v200h-8z",
        "M1 0h8v100h-8z",
    ]


def test_it_draws_nothing_from_nothing():
    assert bars([]) == []
    assert bars([[0], [0]]) == [""]


@given(st.lists(st.integers(), unique=True).map(sorted))
def test_it_spreads_few_ticks_evenly(candidates):
    chosen = spread(candidates)
    assert len(chosen) <= MAX_TICKS
    assert chosen[:1] == candidates[:1]
    assert set(chosen) <= set(candidates)


def test_it_is_not_drawn_for_one_bin_or_no_event():
    span = (utc(2026, 11, 2, 10), utc(2026, 11, 2, 11))
    one = summary(*span, Width.DAY)
    none = summary(*span, Width.MINUTE, dict.fromkeys(range(60), 0))
    for empty in (one, none, Summary(None, None, is_complete=False), Summary(0, {})):
        assert draw(empty, LogUrl("/log/"), Clock(ZURICH), Limits()) is None


def test_it_has_a_place_for_each_bin():
    drawn = chart(utc(2026, 11, 1, 23), utc(2026, 11, 4, 23), counts={0: 7, 1: 0, 2: 2})

    assert drawn.width == str(3 * BAR_WIDTH)
    assert [bar.x for bar in drawn.bars] == ["0", "10", "20"]
    assert [bar.count for bar in drawn.bars] == ["7", "0", "2"]
    assert drawn.peak == 7
    assert str(drawn.title) == "Events per day"


def test_it_tells_what_is_in_a_bar():
    counts = {Level.ROUTINE: 1234, Level.CHANGE: 1, Level.SENSITIVE: 2}
    days = summary(utc(2026, 11, 1, 23), utc(2026, 11, 3, 23), Width.DAY).bins
    first = Bin(days[0].since, days[0].until, counts)
    drawn = draw(
        Summary(1238, {}, width=Width.DAY, bins=(first, days[1])),
        LogUrl("/log/"), Clock(ZURICH), Limits(),
    )  # fmt: skip
    assert [bar.label for bar in drawn.bars] == [
        "Mon 2 Nov 2026: 1,237 events, 2 sensitive",
        "Tue 3 Nov 2026: 1 event",
    ]


@pytest.mark.parametrize(
    ("width", "since", "label", "query"),
    [
        (
            Width.MINUTE,
            utc(2026, 11, 2, 10),
            "Mon 2 Nov 2026, 11:00 – 11:01",
            "since=2026-11-02T11:00:00&until=2026-11-02T11:01:00",
        ),
        (
            Width.SIX_HOURS,
            utc(2026, 11, 2, 17),
            "Mon 2 Nov 2026, 18:00 – 00:00",
            "since=2026-11-02T18:00:00&until=2026-11-03T00:00:00",
        ),
        (
            Width.HALF_HOUR,
            utc(2026, 10, 25, 1),
            "Sun 25 Oct 2026, 02:00 CET – 02:30 CET",
            "since=2026-10-25T01:00:00Z&until=2026-10-25T01:30:00Z",
        ),
        (
            Width.DAY,
            utc(2026, 10, 24, 22),
            "Sun 25 Oct 2026",
            "since=2026-10-25&until=2026-10-25",
        ),
        (
            Width.WEEK,
            utc(2026, 11, 1, 23),
            "Mon 2 Nov 2026 – Sun 8 Nov 2026",
            "since=2026-11-02&until=2026-11-08",
        ),
    ],
)
def test_it_names_and_links_each_width(width, since, label, query):
    bar = chart(since, since + 2 * width.value, width=width).bars[0]

    assert bar.label == f"{label}: 1 event"
    assert bar.url == f"/log/?{query}"


def test_it_clips_the_first_and_the_last_bar_to_the_range_in_force():
    since, until = utc(2026, 11, 2, 10), utc(2026, 11, 4, 11)

    drawn = chart(since, until, limits=Limits(since, until))

    assert drawn.bars[0].url == "/log/?since=2026-11-02T11:00:00&until=2026-11-03T00:00:00"
    assert drawn.bars[1].url == "/log/?since=2026-11-03&until=2026-11-03"
    assert drawn.bars[2].url == "/log/?since=2026-11-04T00:00:00&until=2026-11-04T12:00:00"


@pytest.mark.parametrize(
    ("width", "days", "texts"),
    [
        (Width.MINUTE, 1 / 24, ["00:00", "00:12", "00:24", "00:36", "00:48"]),
        (Width.TWO_HOURS, 1, ["00:00", "06:00", "12:00", "18:00"]),
        (Width.SIX_HOURS, 2, ["2 Nov 00:00", "2 Nov 12:00", "3 Nov 00:00", "3 Nov 12:00"]),
        (Width.SIX_HOURS, 5, ["2 Nov", "3 Nov", "4 Nov", "5 Nov", "6 Nov"]),
        (Width.DAY, 10, ["2 Nov", "4 Nov", "6 Nov", "8 Nov", "10 Nov"]),
        (Width.MONTH, 120, ["Nov 2026", "Dec 2026", "Jan 2027", "Feb 2027"]),
    ],
)
def test_it_labels_edges_of_bins(width, days, texts):
    since = utc(2026, 11, 1, 23)
    drawn = chart(since, since + timedelta(days=days), width=width)

    assert [tick.text for tick in drawn.ticks][: len(texts)] == texts
    assert drawn.ticks[0].x == "0.00%"
    assert drawn.ticks[0].anchor == "start"
