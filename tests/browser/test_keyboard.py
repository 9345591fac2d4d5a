"""Every control works by keyboard, and the focus is always visible."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

MOST_STOPS = 150
FOCUS = """() => {
  const element = document.activeElement;
  if (element === document.body) return null;
  const shown = element.querySelector("rect") ?? element;
  const style = getComputedStyle(shown);
  const box = element.getBoundingClientRect();
  const isOutlined = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  const isStroked = shown !== element && style.stroke !== "none";
  return {
    what: `${element.tagName} ${element.id || element.textContent.trim().slice(0, 30)}`,
    isSeen: box.width > 0 && box.height > 0 && (isOutlined || isStroked),
  };
}"""


def tab_to(page, control):
    """Press Tab until `control` has the focus."""
    for _ in range(MOST_STOPS):
        if control.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{control} cannot be reached by Tab.")


def test_it_filters_by_keyboard_alone(log, sample):
    tab_to(log.page, log.page.get_by_label("Email or IP"))
    log.page.keyboard.type("acme")
    panel = log.page.locator("details.panel").first
    tab_to(log.page, panel.locator("summary"))
    log.page.keyboard.press("Enter")
    for name in ["Item Used", "Share Created"]:
        tab_to(log.page, panel.get_by_label(name))
        log.page.keyboard.press("Space")
    tab_to(log.page, panel.get_by_role("button", name="Apply"))
    log.press("Enter")

    types = {"item.used", "share.created"}
    assert log.count == sample.count(lambda e: e.event_type in types and "acme" in e.email)
    tab_to(log.page, log.link("Remove filter Event Item Used"))
    log.press("Enter")
    assert log.chips == ["User or IP acme", "Event Share Created"]


@pytest.mark.parametrize("index", [0, 1])
def test_it_closes_a_panel_at_escape_and_returns_the_focus(log, index):
    panel = log.page.locator("details.panel").nth(index)
    summary = panel.locator("summary")
    summary.focus()
    log.page.keyboard.press("Space")
    expect(panel.locator(".panel-body")).to_be_visible()
    log.page.keyboard.press("Tab")
    expect(summary).not_to_be_focused()
    log.page.keyboard.press("Escape")

    expect(panel.locator(".panel-body")).to_be_hidden()
    expect(summary).to_be_focused()


def test_it_closes_a_panel_that_loses_the_focus(log):
    event_panel, range_panel = log.page.locator("details.panel").all()
    event_panel.locator("summary").click()
    range_panel.locator("summary").click()

    expect(event_panel.locator(".panel-body")).to_be_hidden()
    expect(range_panel.locator(".panel-body")).to_be_visible()
    log.page.locator("h1").click()
    expect(range_panel.locator(".panel-body")).to_be_hidden()


def test_it_shows_the_focus_at_every_stop(log):
    log.open("until=2026-09-21T06:10&q=acme&event=item")
    unseen, stops = [], 0
    log.page.keyboard.press("Tab")
    while focus := log.page.evaluate(FOCUS):
        stops += 1
        unseen += [] if focus["isSeen"] else [focus["what"]]
        assert stops < MOST_STOPS, "The Tab key goes round in circles."
        log.page.keyboard.press("Tab")

    assert unseen == []
    assert stops > 20


def test_it_skips_to_the_content(log):
    log.page.keyboard.press("Tab")
    expect(log.page.get_by_role("link", name="Skip to main content")).to_be_focused()
    log.page.keyboard.press("Enter")
    log.page.keyboard.press("Tab")

    inside = "document.querySelector('main').contains(document.activeElement)"
    assert log.page.evaluate(inside)
