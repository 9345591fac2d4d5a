"""Selection of a range on the chart."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

ZURICH = ZoneInfo("Europe/Zurich")
SIX_HOURS = timedelta(hours=6)


def bars(log):
    return log.page.locator("a[data-count]")


def text(log):
    return log.page.locator(".chart-text")


def begin_of(log, index):
    """The start of the bar. Bars are six hours wide, in the organization's time zone."""
    label = bars(log).nth(index).get_attribute("data-first")
    return datetime.strptime(label, "%a %d %b %Y, %H:%M").replace(tzinfo=ZURICH)


def assert_it_lists(log, sample, since, until):
    assert log.parameters.keys() == {"since", "until"}
    expected = sample.rows(lambda one: since <= one.occurred_at < until)
    assert log.count == f"{len(expected)} of 240 events"
    assert log.rows == expected[:50]


def middle(log, index):
    box = bars(log).nth(index).bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def test_it_narrows_the_range_to_a_bar(log, sample):
    since = begin_of(log, 10)
    expect(log.page.locator("#chart-title")).to_have_text("Events per 6 hours")
    with log.page.expect_navigation():
        log.page.mouse.click(*middle(log, 10))

    assert_it_lists(log, sample, since, since + SIX_HOURS)


def test_it_selects_by_dragging(log, sample):
    since, until = begin_of(log, 20), begin_of(log, 26) + SIX_HOURS
    log.page.mouse.move(*middle(log, 26))
    log.page.mouse.down()
    log.page.mouse.move(*middle(log, 23))
    log.page.mouse.move(*middle(log, 20))
    count = len(sample.rows(lambda one: since <= one.occurred_at < until))
    expect(text(log)).to_contain_text(f"{count} events")
    expect(log.page.locator(".chart-selection")).to_be_visible()
    with log.page.expect_navigation():
        log.page.mouse.up()

    assert_it_lists(log, sample, since, until)


def test_it_selects_by_keyboard(log, sample):
    last = bars(log).count() - 1
    since, until = begin_of(log, last - 4), begin_of(log, last - 2) + SIX_HOURS
    bars(log).last.focus()
    for key in ["ArrowLeft", "ArrowLeft", "Shift+ArrowLeft", "Shift+ArrowLeft"]:
        log.page.keyboard.press(key)
    expect(bars(log).nth(last - 4)).to_be_focused()
    log.press("Enter")

    assert_it_lists(log, sample, since, until)


def test_it_narrows_the_range_to_the_focused_bar(log, sample):
    since = begin_of(log, 1)
    bars(log).last.focus()
    log.page.keyboard.press("Home")
    log.page.keyboard.press("ArrowRight")
    expect(text(log)).to_have_text(bars(log).nth(1).get_attribute("aria-label"))
    log.press("Enter")

    assert_it_lists(log, sample, since, since + SIX_HOURS)


def test_it_gives_up_a_selection_at_escape(log):
    bars(log).last.focus()
    log.page.keyboard.press("Shift+ArrowLeft")
    selection = log.page.locator(".chart-selection")
    expect(selection).to_be_visible()
    log.page.keyboard.press("Escape")

    expect(selection).to_be_hidden()
    expect(bars(log).nth(bars(log).count() - 2)).to_be_focused()
    assert log.parameters == {}


def test_it_is_one_stop_for_the_tab_key(log):
    expect(log.page.locator("a[data-count][tabindex='0']")).to_have_count(1)


def test_it_tells_what_is_below_the_pointer(log):
    idle = text(log).inner_text()
    log.page.mouse.move(*middle(log, 5))
    expect(text(log)).to_have_text(bars(log).nth(5).get_attribute("aria-label"))
    log.page.mouse.move(0, 0)

    expect(text(log)).to_have_text(idle)


def test_it_keeps_the_other_filters(log):
    log.open("q=eli")
    with log.page.expect_navigation():
        log.page.mouse.click(*middle(log, 3))

    assert log.parameters.keys() == {"q", "since", "until"}
