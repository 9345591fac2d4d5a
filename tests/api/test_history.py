"""GET /api/v1/events, by time."""

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from activity.api.read_events import ReadRequest
from activity.models import Event
from activity.reading.query import LogQuery
from activity.reading.timeouts import QueryTimeout
from activity.recording import record
from tests import factories
from tests.api.conftest import EVENTS


def walk(client, **parameters):
    """Read all pages, by their cursors."""
    pages = []
    while True:
        answer = client.get(EVENTS, parameters).json()
        pages.append([item["seq"] for item in answer["items"]])
        assert answer["has_more"] == (answer["cursor"] is not None)
        if not answer["has_more"]:
            return pages
        parameters["cursor"] = answer["cursor"]


def expected(organization, order):
    events = Event.objects.filter(organization=organization)
    times = dict(events.values_list("seq", "occurred_at"))
    return sorted(times, key=lambda seq: (times[seq], seq), reverse=order == "newest")


@pytest.mark.parametrize("order", ["newest", "oldest"])
@pytest.mark.parametrize("limit", [1, 3, 7, 20, 1000])
def test_it_walks_through_the_log(log, machine, order, limit):
    pages = walk(machine, order=order, limit=limit)
    assert [seq for page in pages for seq in page] == expected(log, order)
    assert all(len(page) == limit for page in pages[:-1])


def test_it_shows_the_newest_first_and_a_hundred_at_most(acme, machine):
    record(acme, [factories.draft(source_id=str(number)) for number in range(101)])
    answer = machine.get(EVENTS).json()
    assert [item["seq"] for item in answer["items"]] == list(range(101, 1, -1))
    assert answer["has_more"]


def test_it_writes_an_event_whole(acme, machine):
    stored = factories.event(acme, vault_id="v1", data={"b": 1, "a": "ü"}, source_id="e-1")
    assert machine.get(EVENTS).json() == {
        "items": [
            {
                "id": "e-1",
                "occurred_at": "2026-11-02T10:23:13.123456Z",
                "event": "item.read",
                "user": {"email": "dana@acme.example", "name": "Dana Weiss"},
                "ip": "203.0.113.7",
                "vault_id": "v1",
                "item_id": None,
                "client": None,
                "data": {"a": "ü", "b": 1},
                "seq": 1,
                "received_at": stored.received_at.replace(tzinfo=None).isoformat(
                    timespec="microseconds"
                )
                + "Z",
            }
        ],
        "cursor": None,
        "has_more": False,
    }


def test_it_writes_lines_to_who_asks_for_them(log, machine):
    response = machine.get(EVENTS, {"limit": 2}, headers={"accept": "application/x-ndjson"})
    assert response["Content-Type"] == "application/x-ndjson"
    lines = [json.loads(line) for line in response.text.splitlines()]
    plain = machine.get(EVENTS, {"limit": 2})
    assert lines == plain.json()["items"]
    assert response["Passaudit-Cursor"] == plain.json()["cursor"]
    assert response["Passaudit-Has-More"] == "true"


@pytest.mark.parametrize(
    ("accept", "content_type"),
    [
        ("", "application/json"),
        ("*/*", "application/json"),
        ("application/json", "application/json"),
        ("text/html", "application/json"),
        ("application/x-ndjson;q=0.5, application/json", "application/json"),
        ("application/json;q=0.5, application/x-ndjson", "application/x-ndjson"),
    ],
)
def test_it_chooses_by_what_is_accepted(log, machine, accept, content_type):
    response = machine.get(EVENTS, headers={"accept": accept})
    assert response["Content-Type"] == content_type
    assert "Accept" in response["Vary"]


def test_it_links_to_the_next_page(log, machine):
    seqs = []
    url = f"{EVENTS}?user=user1@acme.example&limit=3&order=oldest"
    while url:
        response = machine.get(url)
        seqs += [item["seq"] for item in response.json()["items"]]
        link = response.get("Link", "")
        assert not link or link.endswith('>; rel="next"')
        url = link.removeprefix("<http://testserver").removesuffix('>; rel="next"')
    assert seqs == [
        item["seq"]
        for item in machine.get(EVENTS, {"user": "user1@acme.example", "order": "oldest"}).json()[
            "items"
        ]
    ]
    assert len(seqs) == 7


@pytest.mark.parametrize(
    "query",
    [
        "event=item.read",
        "event=-item",
        "q=user1",
        "q=203.0.113.",
        "ip=203.0.113.0/29,203.0.113.19",
        "user=USER2@acme.example&event=vault",
        "since=2026-11-02T11:00:05%2B01:00&until=2026-11-02T11:00:08",
        "since=2026-11-02&until=2026-11-02",
        "since=2026-11-03",
        "organization=acme&user=",
    ],
)
def test_it_speaks_the_grammar_of_the_page(log, alice, rf, machine, query):
    page = LogQuery.for_user(alice, rf.get(f"/?{query}").GET).page()
    items = machine.get(f"{EVENTS}?{query}").json()["items"]
    assert [item["seq"] for item in items] == [row.seq for row in page.rows]


@pytest.mark.parametrize(
    ("query", "parameters"),
    [
        ("event=no.such", ["event"]),
        ("ip=999.1.1.1", ["ip"]),
        ("since=yesterday&q=10.0.0.0/99", ["q", "since"]),
        ("colour=red", [""]),
        ("user=a&user=b", ["user"]),
        ("p=x", ["p"]),
        ("limit=0", ["limit"]),
        ("limit=1001", ["limit"]),
        ("limit=-1", ["limit"]),
        ("limit=1e2", ["limit"]),
        ("limit=%D9%A1", ["limit"]),
        ("limit=1&limit=2", [""]),
        ("format=xml", ["format"]),
        ("cursor=rubbish", ["cursor"]),
        ("cursor=%00", ["cursor"]),
        ("cursor=&order=newest", ["order"]),
        ("limit=0&format=x&order=up", ["limit", "format", "order"]),
    ],
)
def test_it_lists_nothing_for_what_it_does_not_understand(log, machine, query, parameters):
    response = machine.get(f"{EVENTS}?{query}")
    assert (response.status_code, response.json()["code"]) == (400, "bad_parameter")
    assert [error["parameter"] for error in response.json()["errors"]] == parameters
    assert "items" not in response.json()


def test_it_takes_as_many_queries_for_many_events_as_for_few(log, machine):
    def queries(**parameters):
        with CaptureQueriesContext(connection) as captured:
            machine.get(EVENTS, parameters)
        return len(captured)

    assert queries(limit=1, cursor="") == queries(limit=20, cursor="")
    assert queries(limit=1) == queries(limit=20)


def test_it_answers_other_methods_with_405(machine):
    response = machine.delete(EVENTS)
    assert (response.status_code, set(response["Allow"].split(", "))) == (405, {"GET", "POST"})


def test_it_asks_for_patience_when_the_rows_are_not_found_in_time(log, machine, monkeypatch):
    def give_up(*arguments):
        raise QueryTimeout

    monkeypatch.setattr(ReadRequest, "fetch", give_up)
    answer = machine.get(EVENTS)
    assert (answer.status_code, answer.json()["code"]) == (503, "out_of_time")
    assert answer["Retry-After"] == "5"
