"""Every statement about events fixes the organization.

So organizations are separated, and Citus can send each statement to one machine.
"""

from datetime import timedelta
from functools import partial

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.http import QueryDict
from django.test import Client
from django.urls import reverse

from activity import exports
from activity.exports import Format
from activity.models import Event, LogHead
from activity.reading.facets.counting import summarize
from activity.reading.ordering import PAGE_SIZE, Order
from activity.reading.planner import paths
from activity.reading.planner.costs import AccessPath
from activity.reading.query import LogQuery
from activity.recording import daily_counts, record
from organizations.models import Organization
from tests.api.conftest import EVENTS, bearer, issue
from tests.api.conftest import event as api_event
from tests.factories import draft

pytestmark = pytest.mark.django_db

FILTERS = [
    "",
    "order=oldest",
    "p=end",
    "q=user",
    "q=user1@",
    "q=nobody",
    "q=10.1.0.0/16",
    "user=user1@acme.example",
    "user=user1@acme.example,user2@acme.example",
    "ip=10.1.2.3,2001:db8::/32",
    "event=item.read",
    "event=share.created,vault.deleted",
    "event=-item.read",
    "since=2026-10-01&until=2026-11-01T10:00:01",
    "q=user&event=item&ip=10.0.0.0/8&since=2026-10-01",
]


@pytest.fixture
def log(acme) -> Organization:
    """A log of 240 events by 60 people, from 240 addresses."""
    codes = ["item.read"] * 8 + ["share.created", "vault.deleted"]
    record(acme, [
        draft(
            occurred_at=draft().occurred_at - timedelta(hours=number),
            event_type=codes[number % len(codes)],
            email=f"user{number % 60}@acme.example",
            ip=f"10.{number % 3}.0.{number + 1}",
        )
        for number in range(240)
    ])  # fmt: skip
    return acme


def asked(organization: Organization, text: str) -> LogQuery:
    return LogQuery.for_operator(organization, QueryDict(text))


@pytest.mark.parametrize("most_actors", [1000, 3])
def test_it_keeps_pages_to_one_log(log, watched, monkeypatch, most_actors):
    monkeypatch.setattr("activity.reading.filters.MAX_ACTOR_KEYS", most_actors)
    for text in FILTERS:
        query = asked(log, text)
        assert watched(query.page)
        cursor = query.page().next
        if cursor:
            assert watched(asked(log, f"{text}&p={cursor.encode()}".lstrip("&")).page)


@pytest.mark.postgresql
@pytest.mark.parametrize("way", AccessPath)
@pytest.mark.parametrize("most_actors", [1000, 3])
def test_it_keeps_each_way_to_a_page_to_one_log(log, watched, monkeypatch, way, most_actors):
    monkeypatch.setattr("activity.reading.filters.MAX_ACTOR_KEYS", most_actors)
    for text in FILTERS:
        filterset = asked(log, text).filterset
        if filterset.actors is not None and way in paths._candidates(filterset):
            take = paths._by_path(filterset, way)
            assert watched(partial(take, Order.NEWEST, None, PAGE_SIZE))


@pytest.mark.postgresql
def test_it_keeps_samples_to_one_log(log, watched):
    for text in FILTERS:
        filterset = asked(log, text).filterset
        if filterset.actors is not None:
            assert watched(partial(paths._sample, filterset, Order.NEWEST, None))


@pytest.mark.postgresql
def test_it_keeps_merges_of_types_to_one_log(log, watched, monkeypatch):
    monkeypatch.setattr(paths, "RARE_SHARE", 1)
    assert watched(asked(log, "event=share.created,vault.deleted").page)


def test_it_keeps_counts_to_one_log(log, watched, monkeypatch):
    for slow in ("", "_from_days", "_exactly"):
        if slow:
            monkeypatch.setattr(f"activity.reading.facets.counting.{slow}", lambda *_: None)
        for text in FILTERS:
            assert watched(partial(summarize, asked(log, text)))


@pytest.mark.parametrize("most_actors", [1000, 3])
@pytest.mark.parametrize("form", Format)
def test_it_keeps_exports_to_one_log(log, watched, monkeypatch, most_actors, form):
    monkeypatch.setattr("activity.reading.filters.MAX_ACTOR_KEYS", most_actors)
    monkeypatch.setattr("activity.exports.BATCH_SIZE", 30)
    is_copied = form is Format.CSV and connection.vendor == "postgresql"
    for text in FILTERS:
        sent = watched(partial(list, exports.stream(asked(log, text), form)))
        if is_copied and text != "q=nobody":
            assert any(sql.startswith("COPY (") for sql in sent)


def test_it_keeps_pages_of_the_site_to_one_log(log, alice, as_alice, watched):
    event = Event.objects.filter(organization=log).first()
    addresses = [
        reverse("admin:index"),
        reverse("admin:activity_event_changelist"),
        reverse("admin:activity_event_change", args=[event.pk]),
    ]

    def get(address: str) -> None:
        assert as_alice.get(address).status_code == 200

    for address in addresses:
        assert watched(lambda a=address: get(a))


def test_it_keeps_recording_to_one_log(acme, watched):
    drafts = [draft(source_id=str(number), item_id=str(number)) for number in range(5)]
    assert watched(lambda: record(acme, drafts))
    again = [*drafts[:2], draft(source_id="4", item_id="other"), draft(email="new@acme.example")]
    sent = watched(lambda: record(acme, again))
    assert any(sql.startswith(("COPY", "INSERT")) for sql in sent)


def test_it_keeps_counting_anew_to_one_log(log, watched):
    def recount() -> None:
        with transaction.atomic():
            head = LogHead.objects.select_for_update().get(organization=log)
            head.organization = log
            daily_counts.recount(head)

    assert watched(recount)


def test_it_keeps_importing_to_one_log(log, birch, watched, tmp_path):
    path = tmp_path / "acme.jsonl"
    call_command("export_events", organization="acme", format="jsonl", output=str(path))
    sent = watched(lambda: call_command("import_events", str(path), organization="birch"))
    assert sent
    assert LogHead.objects.get(organization=birch).size == 240


def test_it_keeps_reading_by_the_api_to_one_log(log, machine, watched):
    def get(address: str) -> None:
        assert machine.get(address).status_code == 200

    for text in FILTERS:
        if "p=" not in text:
            assert watched(lambda t=text: get(f"{EVENTS}?{t}&limit=10"))
        if "p=" not in text and "order=" not in text:
            assert watched(lambda t=text: get(f"{EVENTS}?{t}&limit=10&cursor="))


def test_it_keeps_writing_by_the_api_to_one_log(acme, machine, watched):
    body = [api_event(id=str(number)) for number in range(3)]

    def send() -> None:
        response = machine.post(EVENTS, body, content_type="application/json")
        assert response.json()["accepted"] + response.json()["duplicates"] == 3

    assert watched(send)
    assert watched(send)


@pytest.fixture
def machine(acme) -> Client:
    return bearer(issue(acme))


def test_it_would_notice(log, watched):
    with pytest.raises(AssertionError, match="activity_actor"):
        watched(lambda: list(Event.objects.filter(organization=log).select_related("actor")))
