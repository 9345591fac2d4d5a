"""A click on a cell of the table adds a filter."""

from datetime import datetime, timedelta

import pytest
from playwright.sync_api import expect

from tests.browser.sample_log import START

pytestmark = pytest.mark.browser

FILTERS = "event=item.read,item.used"
ITEM_EVENTS = {"item.read", "item.used"}


def first_row(log):
    return log.page.locator("#result_list tbody tr").first


def test_it_shows_the_whole_local_day_of_a_date(log, sample):
    log.open("until=2026-09-24")
    log.follow(first_row(log).locator("a.date"))

    assert log.parameters == {"since": "2026-09-24", "until": "2026-09-24"}
    midnight = datetime.fromisoformat("2026-09-24T00:00+02:00")
    day_after = midnight + timedelta(days=1)
    assert log.rows == sample.rows(lambda one: midnight <= one.occurred_at < day_after)
    assert log.chips == ["Day 24 Sep 2026"]


def test_it_shows_the_second_of_a_time_and_what_is_around_it(log, sample):
    log.open("until=2026-09-21T06:00:08")
    log.follow(first_row(log).locator("time"))

    assert log.chips == ["Time 21 Sep 2026, 06:00:07"]
    assert log.rows == sample.rows(lambda one: one.occurred_at == START)
    expect(log.page.locator(".chart")).to_have_count(0)

    moment = log.page.url
    log.follow(log.link("± 5 min"))
    assert log.rows == sample.rows(lambda one: one.occurred_at < START + timedelta(minutes=5))
    log.page.goto(moment)
    log.follow(log.link("± 1 h"))
    assert log.rows == sample.rows(lambda one: one.occurred_at < START + timedelta(hours=1))


@pytest.mark.parametrize(
    ("cell", "name", "column"),
    [("user-cell", "user", 1), ("event-cell", "event", 2), ("ip-cell", "ip", 3)],
)
def test_it_filters_by_the_content_of_a_cell(log, sample, cell, name, column):
    link = first_row(log).locator(f"td.{cell} a")
    content = link.inner_text()
    log.follow(link)

    assert list(log.parameters) == [name]
    assert log.rows == [row for row in sample.rows() if row[column] == content][:50]
    expect(log.page.locator(".chip-text")).to_contain_text([content])


def test_it_keeps_the_other_filters_and_returns_to_the_first_page(log, sample):
    log.open(FILTERS)
    log.follow(log.link("Older"))
    log.follow(log.page.locator("td.user-cell a", has_text="dana").first)

    expected = sample.rows(lambda e: e.email[:4] == "dana" and e.event_type in ITEM_EVENTS)
    assert log.rows == expected
    assert log.chips == ["User dana@acme.example", "Event Item Read", "Event Item Used"]


def test_it_shows_one_event_and_goes_back_to_the_same_filters_and_page(log):
    log.open(FILTERS)
    log.follow(log.link("Older"))
    address, instant = log.page.url, log.rows[0][0]
    log.follow(first_row(log).locator(".detail-cell a"))

    expect(log.page.get_by_role("heading", level=1)).to_have_text("Item Read")
    shown = log.page.locator("dl.facts time").inner_text()
    assert datetime.fromisoformat(shown) == datetime.fromisoformat(instant)
    log.follow(log.link("Back to the log"))
    assert log.parameters.pop("organization", "acme") == "acme"
    assert address.partition("?")[2] in log.page.url
    assert log.rows[0][0] == instant


def test_it_filters_from_the_page_of_one_event(log):
    log.open(FILTERS)
    log.follow(first_row(log).locator(".detail-cell a"))
    address = log.page.locator("dl.facts dd.machine a").inner_text()
    log.follow(log.link(address))

    assert {row[3] for row in log.rows} == {address}
    assert log.chips[0] == f"IP address {address}"
    assert len(log.chips) == 3
