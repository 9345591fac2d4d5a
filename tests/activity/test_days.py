"""The stored counts by day and hour equal a count of the events, in every time zone."""

import random
from datetime import UTC, datetime, timedelta

import pytest
from django.http import QueryDict

from activity.models import LogDay, LogHead
from activity.reading import histogram
from activity.reading.facets import counting, daily_counts
from activity.reading.facets.counting import summarize
from activity.reading.query import LogQuery
from activity.recording import record
from tests import factories

ZONES = [
    "UTC",
    "Europe/Zurich",
    "Asia/Kolkata",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "America/Havana",
    "America/New_York",
]
QUERIES = [
    "",
    "event=item.read",
    "event=-item.read",
    "since=2026-03-08",
    "since=2026-03-08&until=2026-03-08",
    "since=2026-10-25&until=2026-10-25",
    "since=2026-03-01T05:00&until=2026-04-20T17:00",
    "since=2026-10-20&until=2026-11-02&event=item",
    "since=2026-10-24&until=2026-10-26T03:00",
    "until=2026-03-09T00:00",
    "since=2026-03-29T00:00:00Z&until=2026-03-30T00:00:00Z",
]


def _fill(organization, number=1500):
    chance = random.Random(7)
    start = datetime(2026, 2, 20, tzinfo=UTC)
    around_clock_changes = [
        datetime(2026, 3, 29, tzinfo=UTC),
        datetime(2026, 4, 4, tzinfo=UTC),  # half an hour, on Lord Howe
        datetime(2026, 10, 24, tzinfo=UTC),
    ]
    moments = [start + timedelta(seconds=chance.randrange(22_000_000)) for _ in range(number)]
    moments += [
        moment + timedelta(minutes=7 * index)
        for moment in around_clock_changes
        for index in range(400)
    ]
    for begin in range(0, len(moments), 300):
        record(
            organization,
            [
                factories.draft(
                    occurred_at=moment,
                    event_type=chance.choice(["item.read", "item.used", "share.created", "x.new"]),
                )
                for moment in moments[begin : begin + 300]
            ],
        )


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.parametrize("zone", ZONES)
def test_it_counts_like_the_events_themselves(zone, monkeypatch):
    organization = factories.OrganizationFactory(time_zone=zone)
    _fill(organization)
    answered = 0
    for text in QUERIES:
        query = LogQuery.for_operator(organization, QueryDict(text))
        with monkeypatch.context() as patch:
            patch.setattr(counting, "_from_days", lambda *arguments: None)
            counted = summarize(query)
        with monkeypatch.context() as patch:
            patch.setattr(counting, "_exactly", lambda *arguments: pytest.fail("counted events"))
            if counting._from_days(query, *_bins(query)) is not None:
                answered += 1
                assert summarize(query) == counted, text
        assert counted.total == query.events.count()
    assert answered >= 7


def _bins(query):
    span = counting._span(query)
    width = histogram.width_for(*span)
    return histogram.edges(*span, width, query.organization.zone), width


@pytest.mark.django_db
@pytest.mark.parametrize("direction", [1, -1])
def test_it_counts_one_day_when_clocks_go_back_over_midnight(direction):
    """In Newfoundland, until 2011, clocks went back from 00:01 to 23:01 of the previous day."""
    organization = factories.OrganizationFactory(time_zone="America/St_Johns")
    moments = [datetime(2010, 11, 7, 2, minute, 30, tzinfo=UTC) for minute in (30, 50)]
    for moment in moments[::direction]:
        factories.event(organization, occurred_at=moment)
    (row,) = LogDay.objects.filter(organization=organization)
    assert (str(row.day), row.hours) == ("2010-11-07", {"0": {"item.read": 2}})
    head = LogHead.objects.select_related("organization").get(pk=organization.pk)
    hour = [datetime(2010, 11, 7, number, 30, tzinfo=UTC) for number in (2, 3)]
    assert daily_counts.can_count(head, hour)
    assert daily_counts.grouped(head, hour, *hour) == [(0, "item.read", 2)]


@pytest.mark.django_db
def test_it_counts_anew_when_the_time_zone_changes():
    organization = factories.OrganizationFactory(time_zone="UTC")
    factories.event(organization, occurred_at=datetime(2026, 11, 2, 23, 30, tzinfo=UTC))
    organization.time_zone = "Asia/Tokyo"
    organization.save()

    head = LogHead.objects.get(pk=organization.pk)
    assert not daily_counts.can_count(head, [])
    factories.event(organization, occurred_at=datetime(2026, 11, 2, 12, 0, tzinfo=UTC))

    rows = LogDay.objects.filter(organization=organization).values_list("day", "hours")
    assert [(str(day), hours) for day, hours in rows.order_by("day")] == [
        ("2026-11-02", {"21": {"item.read": 1}}),
        ("2026-11-03", {"8": {"item.read": 1}}),
    ]
    head.refresh_from_db()
    assert daily_counts.can_count(head, [])
