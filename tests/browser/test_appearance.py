"""Light and dark, phones, and reduced motion."""

import pytest
from playwright.sync_api import expect

from tests.browser.log_page import LogPage
from tests.factories import event

pytestmark = pytest.mark.browser

LIGHT, DARK = "rgb(246, 245, 249)", "rgb(17, 16, 21)"
PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
FINGER = 44
TWO_LINES = 40
LONGEST_MOTION = """() => Math.max(...[...document.querySelectorAll("*")].flatMap(element => {
  const style = getComputedStyle(element);
  return `${style.transitionDuration},${style.animationDuration}`.split(",").map(parseFloat);
}))"""

LINES = """link => [link.firstChild, link.lastChild].map(node => {
  const range = document.createRange();
  range.selectNodeContents(node);
  const isOneLine = range.getClientRects().length === 1;
  return isOneLine ? node.textContent : "in pieces";
})"""


def background(page):
    return page.evaluate("getComputedStyle(document.body).backgroundColor")


def test_it_is_dark_where_the_system_is(open_page, sample, alice):
    log = LogPage(open_page(alice, color_scheme="dark")).open()

    assert background(log.page) == DARK


def test_it_follows_the_toggle_and_remembers(log):
    assert background(log.page) == LIGHT
    log.page.locator(".theme-toggle").click()
    assert background(log.page) == DARK
    log.open("q=eli")
    assert background(log.page) == DARK
    log.page.locator(".theme-toggle").click()
    assert background(log.page) == LIGHT


def test_it_moves_nothing_where_nobody_wants_motion(open_page, sample, alice):
    log = LogPage(open_page(alice, reduced_motion="reduce")).open()

    assert log.page.evaluate(LONGEST_MOTION) < 0.01


def test_it_breaks_a_long_address_before_its_at_sign(open_page, live_server, acme, alice):
    long_address = "a.person.with.a.long.name@department.of.acme.example"
    event(acme, email=long_address, ip="2001:db8:1129:25cd:b714:60b8:f7af:e13f")
    log = LogPage(open_page(alice)).open()

    lines = log.page.locator("td.user-cell a").evaluate(LINES)
    assert log.page.locator("td.user-cell a").bounding_box()["height"] > TWO_LINES
    assert lines == ["a.person.with.a.long.name", "@department.of.acme.example"]
    assert log.rows[0][1] == long_address


@pytest.fixture
def phone(open_page, sample, alice):
    return LogPage(open_page(alice, **PHONE)).open("q=acme&event=item.used,item.read")


def test_it_folds_menu_and_filters_on_a_phone(phone):
    menu = phone.page.get_by_role("navigation", name="Main")
    expect(menu).to_be_hidden()
    phone.page.get_by_text("Menu", exact=True).tap()
    expect(menu).to_be_visible()

    box = phone.page.get_by_label("Email or IP")
    expect(box).to_be_hidden()
    filters = phone.page.locator("details.filters > summary")
    expect(filters.locator("b")).to_have_text("3")
    filters.tap()
    expect(box).to_be_visible()


def test_it_filters_on_a_phone(phone, sample):
    phone.page.locator("details.filters > summary").tap()
    panel = phone.panel("Event")
    panel.get_by_label("Share Created").check()
    phone.follow(panel.get_by_role("button", name="Apply"))

    chips = ["Event Item Used", "Event Item Read", "Event Share Created"]
    assert phone.chips == ["User or IP acme", *chips]
    types = {"item.used", "item.read", "share.created"}
    assert phone.count == sample.count(lambda e: e.event_type in types and "acme" in e.email)


@pytest.mark.parametrize(
    "path",
    [
        "/admin/",
        "/admin/activity/event/",
        "/admin/activity/event/?q=acme&event=item&since=2026-09-22T10:00&until=2026-10-01",
        "/admin/activity/event/?q=10.0.0.0/99",
        "/admin/activity/event/?q=nobody",
        "/admin/api/apikey/",
    ],
)
def test_it_never_scrolls_sideways_on_a_phone(phone, path):
    phone.page.goto(path)

    assert phone.page.evaluate("document.documentElement.scrollWidth") == 390


def test_it_has_controls_for_fingers(phone):
    phone.page.locator("details.filters > summary").tap()
    phone.panel("Event")
    main_controls = [
        ".site-navigation > summary",
        "details.filters > summary",
        "#id_q",
        ".panel > summary",
        ".option",
        ".panel-foot .action",
        ".filter-bar > .action",
        ".downloads a",
        ".pages a",
        "#logout-form button",
        ".theme-toggle",
    ]
    heights = {
        selector: control.bounding_box()["height"]
        for selector in main_controls
        for control in phone.page.locator(selector).all()
        if control.is_visible()
    }
    assert heights.keys() == set(main_controls)
    assert {what: height for what, height in heights.items() if height < FINGER} == {}
