"""The order of the rows, and the links between pages."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def test_it_orders_by_time_both_ways(log, sample):
    heading = log.page.get_by_role("columnheader", name="Time")
    expect(heading).to_have_attribute("aria-sort", "descending")
    log.follow(heading.get_by_role("link"))

    assert log.rows == sample.rows()[::-1][:50]
    expect(heading).to_have_attribute("aria-sort", "ascending")
    log.follow(heading.get_by_role("link"))
    assert log.rows == sample.rows()[:50]
    assert log.parameters == {}


def test_it_goes_to_older_pages_and_back(log, sample):
    rows = sample.rows()
    log.follow(log.link("Older"))
    assert log.rows == rows[50:100]
    log.follow(log.link("Oldest"))
    assert log.rows == rows[-50:]
    expect(log.link("Older")).to_have_count(0)
    log.follow(log.link("Newer"))
    assert log.rows == rows[-100:-50]
    log.follow(log.link("Newest"))
    assert log.rows == rows[:50]
    expect(log.link("Newer")).to_have_count(0)


def test_it_keeps_filters_and_order_from_page_to_page(log, sample):
    log.open("q=acme&order=oldest")
    log.follow(log.link("Newer"))

    assert log.rows == sample.rows(lambda one: "acme" in one.email)[::-1][50:100]
    assert log.chips == ["User or IP acme"]
