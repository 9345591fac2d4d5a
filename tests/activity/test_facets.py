"""The total, counts by type and histogram of a query."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.http import QueryDict

from activity.event_types import Level
from activity.models import LogDay, LogHead
from activity.reading.facets import counting
from activity.reading.facets.counting import Bin, Summary, summarize
from activity.reading.histogram import Width
from activity.reading.query import LogQuery
from activity.recording import record
from tests.factories import OrganizationFactory, draft

pytestmark = pytest.mark.django_db

MONDAY = datetime(2026, 11, 2, tzinfo=UTC)
ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"


def asked(organization, text: str = "") -> LogQuery:
    return LogQuery.for_operator(organization, QueryDict(text))


@pytest.fixture
def log(acme):
    """40 events on four days: a read every hour, and one share a day."""
    reads = [draft(occurred_at=MONDAY + timedelta(hours=2 * hour)) for hour in range(36)]
    shares = [
        draft(
            occurred_at=MONDAY + timedelta(days=day, minutes=90),
            event_type="share.created",
            email="kim@acme.example",
            ip="2001:db8::1",
        )
        for day in range(4)
    ]
    record(acme, reads + shares)
    return acme


@pytest.mark.parametrize(
    ("text", "total", "type_counts"),
    [
        ("", 40, {"item.read": 36, "share.created": 4}),
        ("event=item.read", 36, {"item.read": 36, "share.created": 4}),
        ("event=-item", 4, {"item.read": 36, "share.created": 4}),
        ("event=vault.created", 0, {"item.read": 36, "share.created": 4}),
        ("q=kim", 4, {"share.created": 4}),
        ("q=kim&event=item.read", 0, {"share.created": 4}),
        ("user=dana@acme.example", 36, {"item.read": 36}),
        ("ip=2001:db8::/32", 4, {"share.created": 4}),
        ("since=2026-11-03&until=2026-11-03", 13, {"item.read": 12, "share.created": 1}),
        ("since=2026-11-03T00:30&until=2026-11-03T02:15", 1, {"item.read": 1}),
        ("since=2030-01-01", 0, {}),
        ("until=1990-01-01", 0, {}),
        ("q=nobody", 0, {}),
    ],
)
def test_it_counts_types_whatever_the_event_filter(log, text, total, type_counts):
    query = asked(log, text)
    summary = summarize(query)
    assert (summary.total, summary.is_complete) == (query.events.count(), True)
    assert summary.total == total == sum(b.total for b in summary.bins)
    assert {code: number for code, number in summary.type_counts.items() if number} == type_counts


@pytest.mark.parametrize("text", ["", "q=acme", "event=share", "q=acme&event=share"])
def test_it_puts_each_event_into_the_bin_of_its_time(log, text):
    summary = summarize(asked(log, text))
    moments = list(asked(log, text).events.values_list("occurred_at", flat=True))
    for b in summary.bins:
        assert b.total == sum(b.since <= moment < b.until for moment in moments)


def test_it_draws_quiet_bins_too(log):
    bins = summarize(asked(log, "event=share")).bins
    assert [b.until for b in bins[:-1]] == [b.since for b in bins[1:]]
    assert Counter(b.total for b in bins) == {0: len(bins) - 4, 1: 4}


def test_it_tells_the_levels_apart(log):
    summary = summarize(asked(log, "since=2026-11-02&until=2026-11-02"))
    totals = sum((Counter(b.counts) for b in summary.bins), Counter())
    assert totals == {Level.ROUTINE: 12, Level.SENSITIVE: 1}
    assert summary.sensitive == 1
    assert summary.width is Width.HALF_HOUR


def test_it_is_literally_this_for_two_events(acme):
    record(acme, [draft(occurred_at=MONDAY), draft(occurred_at=MONDAY, event_type="x.y")])
    assert summarize(asked(acme, "event=x.y")) == Summary(
        total=1,
        type_counts={"item.read": 1, "x.y": 1},
        width=Width.MINUTE,
        bins=(
            Bin(
                MONDAY,
                MONDAY + timedelta(minutes=1),
                {Level.ROUTINE: 0, Level.CHANGE: 1, Level.SENSITIVE: 0},
            ),
        ),
    )


def test_it_counts_nothing_in_an_empty_log(acme):
    assert summarize(asked(acme)) == Summary(0, {})


def test_it_counts_one_organization_only(log, birch):
    record(birch, [draft(occurred_at=MONDAY, item_id=str(number)) for number in range(5)])
    assert summarize(asked(log)).total == 40
    assert summarize(asked(log, "q=acme")).total == 40


@pytest.mark.parametrize("zone", ["America/Havana", "Asia/Tokyo", "Pacific/Kiritimati", "UTC"])
@pytest.mark.parametrize(
    "text",
    [
        "since=0001-01-01T00:00Z",
        "since=0001-01-02",
        "until=9999-12-31T23:59:59Z",
        "since=1970-01-01&until=9999-12-30",
        "until=9999-12-30&q=acme",
    ],
)
def test_it_survives_the_ends_of_the_calendar(zone, text):
    organization = OrganizationFactory(time_zone=zone)
    record(organization, [draft(occurred_at=MONDAY + timedelta(days=30 * n - 400)) for n in (0, 9)])
    assert summarize(asked(organization, text)).total == 2


def test_it_counts_right_after_a_change_of_time_zone(log):
    log.time_zone = "Asia/Kathmandu"
    log.save()
    query = asked(log, "since=2026-11-03&until=2026-11-03")
    assert summarize(query).total == query.events.count()
    record(log, [draft(occurred_at=MONDAY + timedelta(days=1, hours=18, minutes=14))])
    query = asked(log, "since=2026-11-03&until=2026-11-03")
    assert summarize(query).total == query.events.count()


def slowly(*, when: tuple[str, ...]):
    """Make queries that contain one of the words `when` run until they are stopped."""

    def execute_slowly(execute, sql, params, many, context):
        if any(word in sql for word in when):
            return execute(ENDLESS, None, False, context)
        return execute(sql, params, many, context)

    return connection.execute_wrapper(execute_slowly)


def test_it_counts_the_newest_when_there_is_no_time_for_all(log, settings, monkeypatch):
    settings.FACETS_SECONDS = 0.05
    monkeypatch.setattr(counting, "COUNT_LIMIT", 5)
    query = asked(log, "user=dana@acme.example")
    with slowly(when=("GROUP BY",)):
        summary = summarize(query)
    assert (summary.total, summary.is_complete) == (5, False)
    assert summary.type_counts == {"item.read": 5}
    moments = sorted(query.events.values_list("occurred_at", flat=True))[-5:]
    for b in summary.bins:
        assert b.total == sum(b.since <= moment < b.until for moment in moments)


@pytest.mark.parametrize("text", ["", "q=dana", "event=share", "since=2026-11-03"])
def test_it_gives_up_when_there_is_no_time_at_all(log, settings, text):
    settings.FACETS_SECONDS = 0.03
    query = asked(log, text)
    assert query.is_valid
    with slowly(when=("activity_logday", "activity_event")):
        assert summarize(query) == Summary(None, None, is_complete=False)
    assert LogHead.objects.count() == 1
    assert LogDay.objects.count() == 4
    assert summarize(asked(log, text)).total is not None
