"""Every control works without JavaScript."""

import pytest
from playwright.sync_api import expect

from tests.browser.log_page import LogPage

pytestmark = pytest.mark.browser


@pytest.fixture
def log(open_page, sample, alice):
    return LogPage(open_page(alice, java_script_enabled=False)).open()


def test_it_filters_by_several_event_types_without_a_script(log, sample):
    panel = log.panel("Event")
    panel.get_by_label("Share Created").check()
    panel.get_by_label("Item Used").check()
    log.follow(panel.get_by_role("button", name="Apply"))

    assert log.chips == ["Event Item Used", "Event Share Created"]
    types = {"item.used", "share.created"}
    assert log.count == sample.count(lambda one: one.event_type in types)
    expect(log.panel("Event").locator("summary")).to_have_text("2 event types")


def test_it_keeps_the_seconds_of_a_range_without_a_script(log):
    log.open("since=2026-09-21T06:00:07&until=2026-09-21T06:00:08")
    log.page.get_by_label("Email or IP").fill("dana")
    log.press("Enter")

    assert log.chips == ["User or IP dana", "Time 21 Sep 2026, 06:00:07"]


def test_it_has_bars_that_are_links_without_a_script(log):
    bar = log.page.locator("a[data-count='3']").nth(4)
    log.follow(bar)

    assert log.parameters.keys() == {"since", "until"}
    assert len(log.rows) == 3


def test_it_offers_nothing_that_needs_a_script(log):
    expect(log.page.locator(".chart-hint")).to_be_hidden()
    expect(log.page.get_by_role("button", name="Clear selection")).to_have_count(0)
    expect(log.page.get_by_role("button", name="Apply").first).to_be_visible()


def test_it_shows_menu_and_filters_on_a_phone_without_a_script(open_page, sample, alice):
    viewport = {"width": 390, "height": 844}
    log = LogPage(open_page(alice, java_script_enabled=False, viewport=viewport)).open()

    expect(log.page.get_by_role("navigation", name="Main")).to_be_visible()
    expect(log.page.get_by_label("Email or IP")).to_be_visible()
