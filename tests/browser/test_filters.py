"""The filter bar above the table."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from activity.recording import record
from tests.browser.log_page import LogPage
from tests.factories import draft

pytestmark = pytest.mark.browser


SENSITIVE = {"share.created", "vault.deleted"}


@pytest.mark.parametrize(
    ("text", "email"),
    [
        ("eli@", "eli@acme.example"),
        ("ÜNAL", "ünal@acme.example"),
        ("weiss", "dana@acme.example"),
        ("198.51.100.23", "eli@acme.example"),
        ("2001:db8::/32", "ünal@acme.example"),
        ("203.0.113.128/25", "fay@partner.example"),
    ],
)
def test_it_filters_by_what_is_typed_into_the_box(log, sample, text, email):
    box = log.page.get_by_label("Email or IP")
    box.fill(text)
    log.press("Enter")

    assert log.count == sample.count(lambda one: one.email == email)
    assert log.rows == sample.rows(lambda one: one.email == email)[:50]
    expect(box).to_have_value(text)


def test_it_filters_by_several_event_types(log, sample):
    panel = log.panel("Event")
    panel.get_by_label("Share Created").check()
    panel.get_by_label("Vault Deleted").check()
    expect(panel.locator("summary")).to_have_text("2 event types")
    log.follow(panel.get_by_role("button", name="Apply"))

    assert log.parameters == {"event": "vault.deleted,share.created"}
    assert log.count == sample.count(lambda one: one.event_type in SENSITIVE)
    assert log.rows == sample.rows(lambda one: one.event_type in SENSITIVE)[:50]
    assert log.chips == ["Event Vault Deleted", "Event Share Created"]
    expect(panel.locator("summary")).to_have_text("2 event types")


def test_it_counts_the_events_of_each_type_in_the_panel(log, sample):
    log.open("q=eli")
    panel = log.panel("Event")

    option = panel.locator("label", has_text="Item Read")
    expected = sample.rows(lambda e: e.email[:3] == "eli" and e.event_type == "item.read")
    expect(option).to_contain_text(f"{len(expected)} events")


def test_it_clears_the_selection_of_events(log, sample):
    log.open("event=share.created,vault.deleted")
    panel = log.panel("Event")
    panel.get_by_role("button", name="Clear selection").click()
    expect(panel.locator("summary")).to_have_text("All events")
    expect(panel.locator("input:checked")).to_have_count(0)
    log.follow(panel.get_by_role("button", name="Apply"))

    assert log.parameters == {}
    assert log.count == "240 events"


def test_it_filters_by_the_range_that_is_typed_in(log, sample):
    panel = log.panel("Date range")
    panel.get_by_label("From").fill("2026-09-24T06:00:07")
    panel.get_by_label("To").fill("2026-09-26T12:00:07")
    log.follow(panel.get_by_role("button", name="Apply"))

    since = datetime(2026, 9, 24, 4, 0, 7, tzinfo=UTC)
    until = datetime(2026, 9, 26, 10, 0, 7, tzinfo=UTC)
    assert log.rows == sample.rows(lambda one: since <= one.occurred_at < until)
    assert log.chips == ["From 24 Sep 2026, 06:00:07", "To 26 Sep 2026, 12:00:07"]


@pytest.mark.parametrize(("name", "expected"), [("24 hours", 1), ("7 days", 2), ("30 days", 3)])
def test_it_has_quick_ranges(open_page, live_server, acme, alice, name, expected):
    ages = [timedelta(hours=2), timedelta(days=3), timedelta(days=20), timedelta(days=50)]
    record(acme, [draft(occurred_at=timezone.now() - age) for age in ages])
    log = LogPage(open_page(alice)).open()

    log.follow(log.panel("Date range").get_by_role("link", name=name))
    assert len(log.rows) == expected
    current = log.panel("Date range").get_by_role("link", name=name)
    expect(current).to_have_attribute("aria-current", "true")

    log.follow(log.page.get_by_role("link", name="All", exact=True))
    assert (len(log.rows), log.parameters) == (4, {})


def test_it_adds_filters_to_those_in_force(log, sample):
    log.open("user=dana@acme.example&order=oldest")
    panel = log.panel("Event")
    panel.get_by_label("Item Used").check()
    log.follow(panel.get_by_role("button", name="Apply"))

    expected = sample.rows(lambda e: e.email[:4] == "dana" and e.event_type == "item.used")
    assert log.rows == expected[::-1]
    assert log.chips == ["User dana@acme.example", "Event Item Used"]


def test_it_keeps_filters_in_the_history_of_the_browser(log):
    log.open("q=eli").open("q=dana")
    log.page.go_back()

    assert log.chips == ["User or IP eli"]
