"""Pages without rows, which say why, and events of unknown types."""

import pytest
from playwright.sync_api import expect

from tests.browser.log_page import LogPage
from tests.factories import event

pytestmark = pytest.mark.browser


def heading(log):
    return log.page.locator(".empty h2")


def test_it_tells_what_a_new_log_will_show(open_page, live_server, acme, alice):
    log = LogPage(open_page(alice)).open()

    expect(heading(log)).to_have_text("No activity yet")
    expect(log.link("Download CSV")).to_have_count(0)
    expect(log.page.locator(".chart")).to_have_count(0)


def test_it_names_the_filters_to_remove_where_nothing_matches(log):
    log.open("q=nobody&event=vault.created")
    expect(heading(log)).to_have_text("No events match these filters")
    assert log.count == "0 of 240 events"
    log.follow(log.link("Remove User or IP nobody"))

    expect(heading(log)).to_have_text("No events match these filters")
    log.follow(log.link("Clear all filters"))
    assert log.count == "240 events"


@pytest.mark.parametrize(
    ("query", "field", "message"),
    [
        ("q=999.999.999.999", "id_q", "999.999.999.999"),
        ("event=item.eaten", "id_event", "item.eaten"),
        ("since=yesterday", "id_since", "Enter a day such as"),
        ("since=2026-11-02&until=2026-11-01", "id_until", "later than the beginning"),
    ],
)
def test_it_says_at_the_field_which_filter_is_invalid(log, query, field, message):
    log.open(query)

    expect(log.page.locator(f"#{field}_error")).to_contain_text(message)
    expect(log.page.locator(f"#{field}_error")).to_be_visible()
    expect(log.page.locator(f"[aria-describedby={field}_error]")).to_have_count(1)
    expect(heading(log)).to_have_text("One filter needs a change")
    assert log.rows == []


def test_it_lets_the_invalid_filter_be_mended(log, sample):
    log.open("q=10.0.0.0/99&order=oldest")
    box = log.page.get_by_label("Email or IP")
    expect(box).to_have_value("10.0.0.0/99")
    expect(box).to_have_attribute("aria-invalid", "true")
    box.fill("203.0.113.0/24")
    log.press("Enter")

    assert log.rows == sample.rows(lambda one: one.ip[:3] == "203")[::-1][:50]


@pytest.mark.parametrize("query", ["colour=red", "ip=10.0.0.0/99", "p=nonsense"])
def test_it_offers_to_remove_an_invalid_parameter_without_a_field(log, query):
    log.open(query)
    assert log.rows == []
    log.follow(log.page.get_by_role("alert").get_by_role("link", name="Remove it"))

    assert log.count == "240 events"


def test_it_shows_and_filters_an_event_that_nobody_knows(log, acme):
    event(acme, event_type="galaxy.imploded")
    log.open()
    log.follow(log.link("galaxy.imploded"))

    assert [row[2] for row in log.rows] == ["galaxy.imploded"]
    assert log.chips == ["Event galaxy.imploded"]
    box = log.panel("Event").get_by_role("checkbox", name="galaxy.imploded")
    expect(box).to_be_checked()
