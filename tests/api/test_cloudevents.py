"""CloudEvents 1.0, single, in batches and in binary mode."""

import json

import pytest

from activity.models import Event

ENVELOPE = {
    "specversion": "1.0",
    "id": "A234-1234-1234",
    "source": "/pass/eu-1",
    "type": "item.read",
    "time": "2026-11-02T10:23:13Z",
    "datacontenttype": "application/json",
    "subject": "vault v1",
    "region": "eu",
    "data": {"user": {"email": "dana@acme.example"}, "ip": "203.0.113.7", "data": {"a": 1}},
}
SINGLE = "application/cloudevents+json"
BATCH = "application/cloudevents-batch+json"


def envelope(**fields):
    return {**ENVELOPE, **fields}


def test_it_opens_an_envelope(acme, post):
    assert post(envelope(), SINGLE).json()["accepted"] == 1
    row = Event.objects.select_related("actor").get(organization=acme)
    assert (row.event_type, row.actor.email, row.ip) == (
        "item.read",
        "dana@acme.example",
        "203.0.113.7",
    )
    assert (row.source, row.source_id) == ("cloudevents", "/pass/eu-1 A234-1234-1234")
    assert row.data == {
        "a": 1,
        "cloudevent": {
            "id": "A234-1234-1234",
            "source": "/pass/eu-1",
            "subject": "vault v1",
            "region": "eu",
        },
    }


def test_it_opens_a_batch(post):
    batch = [envelope(id=str(number)) for number in range(3)]
    assert post(batch, BATCH).json()["accepted"] == 3
    assert post(batch, BATCH).json()["duplicates"] == 3


def test_it_tells_sources_apart(post):
    batch = [envelope(), envelope(source="/pass/eu-2"), envelope()]
    answer = post(batch, BATCH).json()
    assert (answer["accepted"], answer["duplicates"]) == (2, 1)


def test_it_reads_the_binary_mode(acme, post):
    headers = {
        "ce-specversion": "1.0",
        "ce-id": "7",
        "ce-source": "/p%20ass",
        "ce-type": "vault.created",
        "ce-time": "2026-11-02T10:23:13Z",
        "ce-region": "eu",
    }
    data = {"user": {"email": "dana@acme.example"}, "vault_id": "v1"}
    assert post(data, headers=headers).json()["accepted"] == 1
    row = Event.objects.get(organization=acme)
    assert (row.event_type, row.vault_id, row.source_id) == ("vault.created", "v1", "/p ass 7")
    assert row.data["cloudevent"] == {"id": "7", "source": "/p ass", "region": "eu"}


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"time": None}, "lacks time"),
        ({"id": ""}, "lacks id"),
        ({"id": 7}, "id: must be text"),
        ({"specversion": "0.3"}, "specversion: must be 1.0"),
        ({"data": "text"}, "data: must be a JSON object"),
        ({"data_base64": "e30="}, "data_base64: is not supported; send data as JSON"),
        ({"data": {"event": "item.used"}}, "data: may not hold event, which the envelope sets"),
        ({"data": {"data": {"cloudevent": 1}}}, "data: the key cloudevent is reserved"),
        ({"data": {"colour": "red"}}, "has unknown keys: colour"),
        ({"source": "x" * 300}, "source_id: is longer than 255 characters"),
    ],
)
def test_it_names_what_is_wrong_with_an_envelope(post, fields, message):
    response = post(envelope(**fields), SINGLE)
    assert response.status_code == 422
    assert [error["message"] for error in response.json()["errors"]] == [message]


@pytest.mark.parametrize(("body", "content_type"), [([ENVELOPE], SINGLE), (ENVELOPE, BATCH)])
def test_it_does_not_mistake_one_for_many(post, body, content_type):
    response = post(json.dumps(body), content_type)
    assert (response.status_code, response.json()["code"]) == (422, "wrong_shape")


def test_it_refuses_several_events_in_one_binary_message(post):
    response = post([{}, {}], headers={"ce-specversion": "1.0"})
    assert (response.status_code, response.json()["code"]) == (422, "wrong_shape")
