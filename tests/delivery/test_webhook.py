"""Webhooks, to a real server."""

import base64
import hashlib
import hmac
import time
from contextlib import closing

import pytest
from standardwebhooks import Webhook

from activity.delivery.kinds.base import Refused, Unavailable
from activity.delivery.kinds.webhook import new_secret
from tests.delivery.receivers import WebReceiver
from tests.delivery.transporting import SECRET, message, transport

pytestmark = pytest.mark.usefixtures("local_receivers")


@pytest.fixture
def receiver():
    with WebReceiver() as receiver:
        yield receiver


def sent(receiver, *messages):
    """The request that delivers `messages`."""
    with closing(transport("webhook", receiver.url)) as way:
        way.send(messages)
    return receiver.requests[-1]


def test_it_posts_an_array_of_events(receiver):
    request = sent(receiver, message(1), message(2, content={"name": "Ünal 🗝"}))
    assert request.path == "/in"
    assert request.headers["content-type"] == "application/json"
    assert request.headers["host"] == f"receiver.example:{receiver.port}"
    assert request.body.decode() == '[{"event":"item.read","seq":1},{"name":"Ünal 🗝"}]'


def test_it_is_verified_by_the_reference_library(receiver):
    request = sent(receiver, message(1, content={"name": "Ünal 🗝"}))
    assert Webhook(SECRET).verify(request.body, request.headers) == [{"name": "Ünal 🗝"}]


def test_it_signs_as_the_specification_says(receiver):
    request = sent(receiver, message())
    headers = request.headers
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + request.body
    key = base64.b64decode(SECRET.removeprefix("whsec_"))
    digest = hmac.new(key, signed, hashlib.sha256).digest()
    assert headers["webhook-signature"] == "v1," + base64.b64encode(digest).decode()
    assert abs(int(headers["webhook-timestamp"]) - time.time()) < 60
    assert "." not in headers["webhook-id"]


def test_it_signs_the_example_of_the_reference_library():
    """The test vector of the library."""
    key = base64.b64decode(SECRET.removeprefix("whsec_"))
    signed = b'msg_p5jXN8AQM9LWM0D4loKWxJek.1614265330.{"test": 2432232314}'
    digest = hmac.new(key, signed, hashlib.sha256).digest()
    assert base64.b64encode(digest).decode() == "g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_it_gives_a_repeated_batch_the_same_id(receiver):
    ids = [
        sent(receiver, *batch).headers["webhook-id"]
        for batch in [[message(1), message(2)], [message(1), message(2)], [message(1)]]
    ]
    assert ids[0] == ids[1] != ids[2]


def test_it_makes_secrets_as_receivers_want_them():
    assert new_secret() != new_secret()
    assert 24 <= len(base64.b64decode(new_secret().removeprefix("whsec_"), validate=True)) <= 64


@pytest.mark.parametrize("status", [200, 201, 202, 204])
def test_it_takes_every_success_for_one(receiver, status):
    receiver.answers = [status]
    sent(receiver, message())


@pytest.mark.parametrize("status", [400, 413, 422])
def test_it_says_when_the_content_is_refused(receiver, status):
    receiver.answers = [status]
    with pytest.raises(Refused, match=str(status)) as caught:
        sent(receiver, message())
    assert caught.value.at is None


@pytest.mark.parametrize(
    "status", [301, 302, 307, 401, 403, 404, 408, 410, 425, 429, 500, 503, 599]
)
def test_it_says_when_to_try_later(receiver, status):
    receiver.answers = [(status, {"Retry-After": "7", "Location": receiver.url}, b"secret inside")]
    with pytest.raises(Unavailable, match=f"status {status}: .+") as caught:
        sent(receiver, message())
    assert caught.value.retry_after == 7
    assert "inside" not in str(caught.value)
    assert len(receiver.requests) == 1


def test_it_keeps_its_connection(receiver):
    with closing(transport("webhook", receiver.url)) as way:
        for seq in range(3):
            way.send([message(seq)])
    assert len({request.connection for request in receiver.requests}) == 1
    assert [request.json[0]["seq"] for request in receiver.requests] == [0, 1, 2]


def test_it_connects_again_when_the_receiver_has_hung_up(receiver):
    receiver.keeps = False
    with closing(transport("webhook", receiver.url)) as way:
        way.send([message(1)])
        way.send([message(2)])
    assert [request.json[0]["seq"] for request in receiver.requests] == [1, 2]
