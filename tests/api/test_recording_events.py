"""POST /api/v1/events: stored events, reported errors, responses."""

import json

import pytest
from django.db import DatabaseError, OperationalError, connection
from django.test.utils import CaptureQueriesContext

from activity.models import Event
from tests.api.conftest import EVENTS, bearer, event, issue, ndjson


def stored(organization):
    return Event.objects.filter(organization=organization).order_by("seq")


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (json.dumps(event()), "application/json"),
        (json.dumps([event()]), "application/json"),
        (json.dumps([event()]), "application/json; charset=UTF-8"),
        (ndjson([event()]), "application/x-ndjson"),
        ("\n" + ndjson([event()]) + "\r\n\n", "application/x-ndjson"),
    ],
)
def test_it_stores_an_event(acme, post, body, content_type):
    response = post(body, content_type)
    assert (response.status_code, response.json()) == (
        200,
        {
            "accepted": 1,
            "duplicates": 0,
            "conflicts": 0,
            "rejected": 0,
            "errors": [],
            "last_seq": 1,
        },
    )
    row = stored(acme).select_related("actor").get()
    assert row.occurred_at.isoformat() == "2026-11-02T10:23:13.123456+00:00"
    assert (row.event_type, row.actor.email, row.actor.name) == (
        "item.read",
        "dana@acme.example",
        "Dana Weiss",
    )
    assert (row.ip, row.source) == ("203.0.113.7", "native")


def test_it_keeps_everything_that_an_event_says(acme, post):
    said = {"vault_id": "v1", "item_id": "i1", "client": "Firefox", "data": {"ä": [1, {"b": None}]}}
    post(event(id="e-1", **said))
    row = stored(acme).get()
    assert {name: getattr(row, name) for name in said} == said
    assert row.source_id == "e-1"


def test_it_stores_nothing_when_the_same_batch_comes_again(acme, post):
    batch = [event(id="1"), event(id="2"), event(), event()]
    assert post(batch).json()["accepted"] == 4
    again = post(batch).json()
    assert (again["accepted"], again["duplicates"], again["last_seq"]) == (0, 4, 4)
    assert stored(acme).count() == 4


def test_it_stores_the_good_and_names_the_bad(acme, post):
    post(event(id="taken"))
    lines = [
        json.dumps(event(id="good")),
        "{",
        json.dumps(event(id="far", occurred_at="2999-01-01T00:00:00Z")),
        json.dumps(event(id="taken", ip="203.0.113.8")),
        json.dumps([]),
        json.dumps(event(id="local", occurred_at="2026-11-02T10:23:13")),
        json.dumps(event(id="typo", vualt_id="v")),
        json.dumps(event(id="good2")),
    ]
    response = post("\n".join(lines), "application/x-ndjson")
    assert response.status_code == 200
    answer = response.json()
    errors = answer.pop("errors")
    assert answer == {
        "accepted": 2,
        "duplicates": 0,
        "conflicts": 1,
        "rejected": 5,
        "last_seq": 3,
    }
    assert [(error["index"], error["id"], error["code"]) for error in errors] == [
        (1, None, "invalid_json"),
        (2, "far", "invalid_event"),
        (3, "taken", "conflict"),
        (4, None, "invalid_event"),
        (5, "local", "invalid_event"),
        (6, "typo", "invalid_event"),
    ]
    assert "more than 5 minutes in the future" in errors[1]["message"]
    assert "has no offset from UTC" in errors[4]["message"]
    assert "vualt_id" in errors[5]["message"]
    assert [row.source_id for row in stored(acme)] == ["taken", "good", "good2"]


def test_it_refuses_a_body_in_which_every_event_is_bad(acme, post):
    response = post([{"event": "item.read"}, {"occurred_at": "2026-11-02T10:23:13Z"}])
    assert response.status_code == 422
    assert response["Content-Type"] == "application/problem+json"
    problem = response.json()
    assert (problem["code"], problem["rejected"]) == ("nothing_stored", 2)
    assert [error["message"] for error in problem["errors"]] == [
        "occurred_at: is missing",
        "event: is missing",
    ]
    assert not stored(acme).exists()


def test_it_takes_an_empty_array(post):
    assert post([]).json()["accepted"] == 0


def test_it_counts_for_itself_whatever_a_client_says(acme, post):
    answer = post(event(seq=77, received_at="1999-01-01T00:00:00Z")).json()
    assert (answer["accepted"], answer["last_seq"]) == (1, 1)
    assert stored(acme).get().received_at.year > 1999


def test_it_takes_the_lines_that_another_log_gave(acme, birch, machine, post):
    post([event(id="1", data={"a": 1}), event(ip=None, user=None), event()])
    lines = machine.get(EVENTS, {"cursor": ""}, headers={"accept": "application/x-ndjson"}).text
    to_birch = bearer(issue(birch)).post(EVENTS, lines, content_type="application/x-ndjson")
    assert to_birch.json()["accepted"] == 3
    same = ("occurred_at", "event_type", "ip", "data", "actor__email", "actor__name", "seq")
    assert list(stored(birch).values_list(*same)) == list(stored(acme).values_list(*same))


def test_it_records_on_every_plan(birch):
    response = bearer(issue(birch)).post(EVENTS, event(), content_type="application/json")
    assert response.json()["accepted"] == 1
    assert stored(birch).count() == 1


@pytest.mark.parametrize(
    ("body", "content_type", "status", "code"),
    [
        ("", "application/json", 400, "bad_body"),
        ("  \n", "application/x-ndjson", 400, "bad_body"),
        ("[{}", "application/json", 400, "bad_body"),
        ("[" * 100_000, "application/json", 400, "bad_body"),
        ('{"a": NaN}', "application/json", 400, "bad_body"),
        ('[{"event": "a", "event": "b"}]', "application/json", 400, "bad_body"),
        (b"\xff\xfe", "application/json", 400, "bad_body"),
        ("7", "application/json", 422, "wrong_shape"),
        ('"x"', "application/json", 422, "wrong_shape"),
        ("null", "application/json", 422, "wrong_shape"),
        ("x=1", "application/x-www-form-urlencoded", 415, "unsupported_media_type"),
        ("<a/>", "text/xml", 415, "unsupported_media_type"),
        ("[]", "application/json; charset=latin-1", 415, "unsupported_media_type"),
        ("[]", "", 415, "unsupported_media_type"),
        (json.dumps([{}] * 1001), "application/json", 413, "too_many_events"),
        ("{}\n" * 1001, "application/x-ndjson", 413, "too_many_events"),
    ],
)
def test_it_refuses_bodies_that_it_cannot_read(acme, post, body, content_type, status, code):
    response = post(body, content_type)
    assert (response.status_code, response.json()["code"]) == (status, code)
    assert response["Content-Type"] == "application/problem+json"
    assert response.json()["status"] == status
    assert not stored(acme).exists()


def test_it_says_what_it_would_take(post):
    assert "application/x-ndjson" in post("x", "text/plain")["Accept"]


@pytest.mark.parametrize(
    "data",
    [
        {"big": 10**40, "float": 1.5, "exponent": 1e30, "tiny": 1e-30, "zero": -0.0},
        {"deep": [[[[{"a": [None, True, "\u2028"]}]]]]},
        {"text": "𝒳 \\u0061 ' \" \\"},
    ],
)
def test_it_recognizes_whatever_data_when_it_comes_again(post, data):
    assert post(event(id="1", data=data)).json()["accepted"] == 1
    assert post(event(id="1", data=data)).json()["duplicates"] == 1


def test_it_says_when_the_database_is_out_of_reach(acme, post):
    def locked(execute, sql, params, many, context):
        raise OperationalError("database is locked")

    with connection.execute_wrapper(locked):
        response = post(event())
    assert (response.status_code, response["Retry-After"]) == (503, "5")
    assert response["Content-Type"] == "application/problem+json"
    assert post(event()).json()["accepted"] == 1


def test_it_does_not_take_its_own_mistakes_for_an_outage(post):
    def broken(execute, sql, params, many, context):
        raise DatabaseError("a mistake")

    with connection.execute_wrapper(broken), pytest.raises(DatabaseError):
        post(event())


def test_it_sets_no_cookie_and_is_not_cached(post):
    response = post(event())
    assert not response.cookies
    assert response["Cache-Control"] == "no-store"


def test_it_asks_the_database_as_often_for_many_events_as_for_few(post):
    def queries(count):
        with CaptureQueriesContext(connection) as captured:
            post([event(id=f"{count}-{number}") for number in range(count)])
        return len(captured)

    post(event())  # creates the actor and the day
    assert queries(2) == queries(200)  # all in the first block of the log
