"""The chips of the active filters."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

FILTERS = "q=acme&user=dana@acme.example&ip=203.0.113.0/24&event=-item&since=2026-09-22"
CHIPS = [
    "User or IP acme",
    "User dana@acme.example",
    "IP address 203.0.113.0/24",
    "Not Items",
    "From 22 Sep 2026, 00:00:00",
]


def test_it_removes_one_filter_after_the_other(log):
    log.open(FILTERS)
    assert log.chips == CHIPS
    for remaining in range(len(CHIPS) - 1, -1, -1):
        log.follow(log.link(f"Remove filter {CHIPS[remaining]}"))
        assert log.chips == CHIPS[:remaining]

    assert log.parameters == {}
    assert log.count == "240 events"


def test_it_removes_one_of_several_values(log):
    log.open("event=share.created,vault.deleted,-item.read")
    log.follow(log.link("Remove filter Event Vault Deleted"))

    assert log.parameters == {"event": "share.created,-item.read"}


def test_it_clears_all_filters_and_keeps_the_order(log):
    log.open(f"{FILTERS}&order=oldest")
    log.follow(log.link("Clear all"))

    assert log.parameters == {"order": "oldest"}
    expect(log.page.locator(".chip")).to_have_count(0)
