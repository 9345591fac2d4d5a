"""Downloaded files contain the rows of the page."""

import csv
import json
from datetime import datetime
from pathlib import Path

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

FILTERS = "event=item&since=2026-09-22&order=oldest"


def listed(log):
    """The rows on all pages."""
    rows = log.rows
    while log.page.locator("a[rel=next]").count():
        log.follow(log.page.locator("a[rel=next]"))
        rows += log.rows
    return rows


def download(log, name):
    """Follow the link. Return the name and the text of the file."""
    with log.page.expect_download() as download_info:
        log.link(name).click()
    content = Path(download_info.value.path()).read_bytes()
    return download_info.value.suggested_filename, content.decode()


def instant(text):
    return datetime.fromisoformat(text).isoformat()


def test_it_downloads_what_the_page_lists_as_csv(log):
    log.open(FILTERS)
    name, text = download(log, "Download CSV")

    lines = text.splitlines(keepends=True)
    assert all(line.endswith("\r\n") for line in lines)
    found = [
        (instant(row["Time"]), row["User email"], row["Event"], row["IP address"])
        for row in csv.DictReader(lines)
    ]
    assert name.startswith("activity-acme-")
    assert name.endswith(".csv")
    assert len(found) > 100
    assert found == listed(log)


def test_it_downloads_what_the_page_lists_as_json_lines(log):
    log.open(FILTERS)
    name, text = download(log, "JSON lines")

    events = [json.loads(line) for line in text.splitlines()]
    found = [(instant(e["occurred_at"]), e["user"]["email"], e["ip"]) for e in events]
    assert name.endswith(".jsonl")
    assert found == [(when, user, ip) for when, user, _label, ip in listed(log)]


@pytest.mark.parametrize("query", ["q=10.0.0.0/99", "colour=red"])
def test_it_offers_no_download_while_a_filter_is_invalid(log, query):
    log.open(query)

    expect(log.link("Download CSV")).to_have_count(0)
    expect(log.link("JSON lines")).to_have_count(0)
