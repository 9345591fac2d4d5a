"""The filters on the page: panels, chips, counts and errors."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from activity.reading.facets import counting
from activity.reading.facets.counting import Summary
from activity.recording import record
from tests.factories import draft, event

LOG = "/admin/activity/event/"


def page(client, query=""):
    """The text of the page with collapsed white space, and its template context."""
    response = client.get(f"{LOG}?{query}")
    return " ".join(response.content.decode().split()), response.context["cl"]


def chips(client, query):
    return [f"{chip.key} {chip.value}" for chip in page(client, query)[1].chips]


@pytest.fixture
def log(acme):
    """Three reads, a share, and one event of an unknown type."""
    codes = ["item.read", "item.read", "item.read", "share.created", "robot.moved"]
    moment = datetime(2026, 11, 2, 10, tzinfo=UTC)
    drafts = enumerate(codes)
    record(acme, [draft(occurred_at=moment + timedelta(hours=n), event_type=c) for n, c in drafts])


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", []),
        ("q=dana", ["User or IP dana"]),
        ("user=a@x.example,B@x.example", ["User a@x.example", "User B@x.example"]),
        ("ip=10.0.0.0/8,::1", ["IP address 10.0.0.0/8", "IP address ::1"]),
        ("event=item.read,-share", ["Event Item Read", "Not Shared vaults"]),
        ("since=2026-11-02", ["From 2 Nov 2026, 00:00:00"]),
        ("until=2026-11-02", ["To end of 2 Nov 2026"]),
        ("until=2026-11-02T10:00", ["To 2 Nov 2026, 10:00:00"]),
        ("since=2026-11-02&until=2026-11-02", ["Day 2 Nov 2026"]),
        (
            "since=2026-11-02T10:23:13&until=2026-11-02T10:23:14",
            ["Time 2 Nov 2026, 10:23:13"],
        ),
    ],
)
def test_it_shows_each_filter_as_a_chip(as_alice, log, query, expected):
    assert chips(as_alice, query) == expected


def test_it_removes_one_filter_by_each_chip(as_alice, log):
    query = "q=dana&user=a@x,b@x&event=item.read,-share&since=2026-11-02&order=oldest"
    everything = chips(as_alice, query)

    for index, chip in enumerate(page(as_alice, query)[1].chips):
        left = as_alice.get(chip.remove_url).context["cl"]
        remaining = [f"{one.key} {one.value}" for one in left.chips]
        assert remaining == everything[:index] + everything[index + 1 :]
        assert not left.is_newest_first


def test_it_clears_all_filters_but_keeps_the_order(as_alice, log):
    _, changelist = page(as_alice, "q=dana&event=item.read&order=oldest&p=end&organization=acme")
    assert changelist.clear_url == f"{LOG}?order=oldest&organization=acme"


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("", "<b>5</b> events"),
        ("event=item.read", "<b>3</b> of 5 events"),
        ("q=nobody", "<b>0</b> of 5 events"),
    ],
)
def test_it_counts(as_alice, log, query, count):
    assert count in page(as_alice, query)[0]


@pytest.mark.parametrize(
    ("summary", "count"),
    [
        (Summary(None, None, is_complete=False), "<b>Many</b> of 5 events"),
        (Summary(3, {"item.read": 3}, is_complete=False), "<b>More than 3</b> of 5 events"),
    ],
)
def test_it_says_when_it_could_not_count_in_time(as_alice, log, monkeypatch, summary, count):
    monkeypatch.setattr(counting, "summarize", lambda query: summary)
    text, _ = page(as_alice, "q=dana")
    assert count in text


def test_it_offers_every_type_of_the_help_page_and_what_else_the_log_has(as_alice, log):
    _, changelist = page(as_alice)

    counts = {
        option.code: option.count
        for group in changelist.event_panel.groups
        for option in group.options
    }
    assert len(counts) == 24
    assert {code for code, count in counts.items() if count} == {
        "item.read", "share.created", "robot.moved",
    }  # fmt: skip
    assert counts["item.read"] == 3
    assert str(changelist.event_panel.groups[-1].category.label) == "Other events"


@pytest.mark.parametrize(
    ("query", "summary", "checked"),
    [
        ("", "All events", []),
        ("event=item.read", "Item Read", ["item.read"]),
        ("event=item.read,share.created", "2 event types", ["item.read", "share.created"]),
        ("event=vault", "Vaults", ["vault.created", "vault.deleted"]),
        ("event=-item.read", "All but Item Read", []),
        ("event=-item,-share", "2 excluded", []),
        ("event=item.untrashed", "Item Untrashed", ["item.untrashed"]),
    ],
)
def test_it_shows_the_chosen_types(as_alice, log, query, summary, checked):
    panel = page(as_alice, query)[1].event_panel

    assert panel.summary == summary
    boxes = [option for group in panel.groups for option in group.options]
    assert [box.code for box in boxes if box.is_checked] == checked


def test_it_carries_along_what_the_form_does_not_show(as_alice, log):
    query = "user=a@x&ip=::1&order=oldest&organization=acme&event=item.read,-share&p=end"
    _, changelist = page(as_alice, query)
    assert sorted(changelist.hidden_fields) == [
        ("event", "-share"),
        ("ip", "::1"),
        ("order", "oldest"),
        ("organization", "acme"),
        ("user", "a@x"),
    ]


def test_it_keeps_a_day_and_a_repeated_time_through_the_form(as_alice, log):
    _, changelist = page(as_alice, "since=2026-10-25T01:30:00Z&until=2026-11-02")

    panel = changelist.range_panel
    fields = {"since": panel.since.value, "until": panel.until.value}
    response = as_alice.get(f"{LOG}apply/", {**dict(changelist.hidden_fields), **fields})

    assert fields == {"since": "2026-10-25T02:30:00", "until": "2026-11-03T00:00:00"}
    assert response.url == f"{LOG}?since=2026-10-25T01:30:00Z&until=2026-11-02"


@pytest.mark.parametrize(
    ("query", "summary"),
    [
        ("", "All time"),
        ("since=2020-11-02", "Since 2 Nov 2020 00:00"),
        ("until=2020-11-02", "Until 3 Nov 2020 00:00"),
        ("since=2020-11-02&until=2020-11-02", "2 Nov 2020"),
        ("since=2020-11-02T10:00&until=2020-11-03T11:00", "2 Nov 2020 10:00 – 3 Nov 2020 11:00"),
        ("since=2020-11-02T10:00:05&until=2020-11-02T10:00:06", "2 Nov 2020, 10:00:05"),
        ("since=2020-10-25T00:30Z", "Since 25 Oct 2020 02:30 CEST"),
    ],
)
def test_it_says_which_range_is_chosen(as_alice, log, query, summary):
    assert page(as_alice, query)[1].range_panel.summary == summary


@pytest.mark.parametrize("index", range(4))
def test_it_marks_the_quick_range_that_was_clicked(as_alice, acme, monkeypatch, index):
    now = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: now)
    event(acme, occurred_at=now - timedelta(minutes=1))
    quick_range = page(as_alice, "q=dana")[1].range_panel.quick_ranges[index]

    clicked = as_alice.get(quick_range.url).context["cl"]

    marks = [quick.is_current for quick in clicked.range_panel.quick_ranges]
    assert marks == [position == index for position in range(4)]
    assert clicked.result_count == 1
    assert clicked.search_text == "dana"


@pytest.mark.parametrize("moment", ["0001-01-01T00:00Z", "9999-12-31T23:59:59Z"])
@pytest.mark.parametrize("zone", ["Pacific/Auckland", "America/Los_Angeles"])
def test_it_survives_the_ends_of_the_calendar(as_alice, acme, log, moment, zone):
    acme.time_zone = zone
    acme.save()
    for query in (f"since={moment}", f"until={moment}"):
        assert as_alice.get(f"{LOG}?{query}").status_code == 200
