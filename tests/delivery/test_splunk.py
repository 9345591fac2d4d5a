"""Splunk's HTTP Event Collector, imitated by a real server."""

import json
from contextlib import closing

import pytest

from activity.delivery.kinds.base import Refused, Unavailable
from tests.delivery.receivers import WebReceiver
from tests.delivery.transporting import message, transport

pytestmark = pytest.mark.usefixtures("local_receivers")

TOKEN = "11111111-2222-3333-4444-555555555555"


@pytest.fixture
def receiver():
    with WebReceiver() as receiver:
        yield receiver


def sent(receiver, *messages, path="", **fields):
    """The request that delivers `messages`."""
    address = receiver.url.removesuffix("/in") + path
    with closing(transport("splunk", address, secret=TOKEN, **fields)) as way:
        way.send(messages)
    return receiver.requests[-1]


def refusal(code, **more):
    return 400, {"Content-Type": "application/json"}, json.dumps({"code": code} | more).encode()


@pytest.mark.parametrize("path", ["", "/", "/services/collector/event"])
def test_it_sends_several_events_in_one_body(receiver, path):
    request = sent(receiver, message(1), message(2), path=path, format="ecs")
    assert request.path == "/services/collector/event"
    assert request.headers["authorization"] == f"Splunk {TOKEN}"
    assert request.body.decode() == (
        '{"time":1795342993.123456,"host":"acme","source":"passaudit","sourcetype":"passaudit:ecs",'
        '"event":{"event":"item.read","seq":1}}\n'
        '{"time":1795342993.123456,"host":"acme","source":"passaudit","sourcetype":"passaudit:ecs",'
        '"event":{"event":"item.read","seq":2}}'
    )


def test_it_asks_for_the_path_that_was_given(receiver):
    assert sent(receiver, message(), path="/splunk/in").path == "/splunk/in"


@pytest.mark.parametrize("code", [5, 6, 12, 13, 15])
def test_it_says_when_the_content_is_refused(receiver, code):
    receiver.answers = [refusal(code, **{"invalid-event-number": 1})]
    with pytest.raises(Refused, match=f"code {code}: .+") as caught:
        sent(receiver, message(1), message(2))
    assert caught.value.at is None


@pytest.mark.parametrize("code", [1, 2, 3, 4, 7, 8, 9, 10, 11])
def test_it_blames_no_event_for_a_wrong_setting(receiver, code):
    receiver.answers = [refusal(code, text=f"Invalid token {TOKEN}")]
    with pytest.raises(Unavailable, match=f"code {code}: .+") as caught:
        sent(receiver, message())
    assert TOKEN not in str(caught.value)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b"[]",
        b"[" * 4096,
        b'"code"',
        b'{"code": "6"}',
        b'{"code": [6]}',
        b'{"code": null}',
    ],
)
def test_it_goes_by_the_status_where_there_is_no_code(receiver, body):
    receiver.answers = [(503, {"Retry-After": "9"}, body), (413, {}, body)]
    with pytest.raises(Unavailable, match="status 503") as caught:
        sent(receiver, message())
    assert caught.value.retry_after == 9
    with pytest.raises(Refused, match="status 413"):
        sent(receiver, message())


def test_it_goes_by_the_success_whatever_else_it_says(receiver):
    receiver.answers = [(200, {}, b'{"text":"Success","code":0}'), (200, {}, b'{"code":6}')]
    sent(receiver, message())
    sent(receiver, message())
