"""The HTTP client: timeouts, TLS, limits and redirects."""

import time
from contextlib import closing
from datetime import timedelta
from email.utils import format_datetime

import pytest
from django.utils import timezone

from activity.delivery.kinds.base import Unavailable
from activity.delivery.network.http import MAX_BODY_BYTES, HttpClient, retry_after
from tests.delivery.receivers import HOST, RawReceiver, WebReceiver, authority_pem

pytestmark = [pytest.mark.usefixtures("local_receivers"), pytest.mark.slow]

SUCCESS = b"HTTP/1.1 200 OK\r\n"


def post(receiver, body=b"x", **options):
    """The response, and the elapsed seconds."""
    scheme = "https" if receiver.is_tls else "http"
    options = {"ca_certificate": authority_pem()} | options
    started = time.monotonic()
    with closing(HttpClient(f"{scheme}://{HOST}:{receiver.port}/in", **options)) as client:
        return client.post(body, {}), time.monotonic() - started


def drip(connection, beginning, piece):
    """Send `piece` repeatedly, at intervals shorter than any single timeout."""
    connection.recv(65536)
    connection.sendall(beginning)
    while True:
        connection.sendall(piece)
        time.sleep(0.05)


def test_it_gives_the_status_and_the_beginning_of_the_answer():
    with WebReceiver(answers=[(418, {"Retry-After": "3"}, b"short and stout")]) as receiver:
        answer, _ = post(receiver)
    assert (answer.status, answer.body, answer.retry_after) == (418, b"short and stout", 3)
    assert not answer.is_success


@pytest.mark.parametrize("location", ["http://169.254.169.254/latest/", "https://localhost/"])
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_it_follows_no_redirect(status, location, names):
    with WebReceiver(answers=[(status, {"Location": location}, b"")]) as receiver:
        answer, _ = post(receiver)
        assert len(receiver.requests) == 1
    assert answer.status == status
    assert names.asked == [HOST]


@pytest.mark.parametrize("name", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY"])
def test_it_uses_no_proxy_of_the_environment(monkeypatch, name):
    monkeypatch.setenv(name, "http://127.0.0.1:1")
    with WebReceiver() as receiver:
        assert post(receiver)[0].status == 200


def test_it_speaks_plain_http_where_private_addresses_are_allowed():
    with WebReceiver(is_tls=False) as receiver:
        assert post(receiver)[0].status == 200


@pytest.mark.parametrize("name", ["other.example", "*.other.example", "127.0.0.1"])
def test_it_wants_the_certificate_of_that_name(name):
    with WebReceiver(name=name) as receiver, pytest.raises(Unavailable, match="not trusted"):
        post(receiver)
    assert receiver.requests == []


def test_it_wants_an_authority_that_it_knows():
    with WebReceiver() as receiver, pytest.raises(Unavailable, match=r"not trusted: \w"):
        post(receiver, ca_certificate="")
    assert receiver.requests == []


def test_it_trusts_the_authorities_of_the_environment(monkeypatch, tmp_path):
    path = tmp_path / "authority.pem"
    path.write_text(authority_pem())
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    with WebReceiver() as receiver:
        assert post(receiver, ca_certificate="")[0].status == 200


@pytest.mark.parametrize(
    ("beginning", "piece"),
    [
        (b"", b"H"),
        (b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 100 Continue\r\n\r\n"),
        (SUCCESS, b"X"),
        (SUCCESS, b"X: y\r\n"),
    ],
    ids=["status line", "continue", "header", "headers"],
)
@pytest.mark.parametrize("is_tls", [True, False])
def test_it_does_not_wait_for_whoever_drips(settings, is_tls, beginning, piece):
    settings.DELIVERY_TIMEOUT = 0.5
    dripping = RawReceiver(lambda to: drip(to, beginning, piece), is_tls=is_tls)
    started = time.monotonic()
    with dripping as receiver, pytest.raises(Unavailable, match=r"takes too long|not answer in"):
        post(receiver)
    assert time.monotonic() - started < 1.5


def test_it_does_not_wait_in_the_handshake(settings):
    settings.DELIVERY_TIMEOUT = 0.3

    def mute(connection):
        connection.recv(65536)
        time.sleep(3)

    started = time.monotonic()
    with RawReceiver(mute, is_tls=False) as receiver:
        client = HttpClient(f"https://{HOST}:{receiver.port}/")
        with pytest.raises(Unavailable, match="takes too long"):
            client.post(b"x", {})
    assert time.monotonic() - started < 1.5


def test_it_does_not_wait_for_whoever_reads_nothing(settings):
    settings.DELIVERY_TIMEOUT = 0.5
    started = time.monotonic()
    with (
        RawReceiver(lambda _: time.sleep(3)) as receiver,
        pytest.raises(Unavailable, match="takes too long"),
    ):
        post(receiver, body=b"x" * 50_000_000)
    assert time.monotonic() - started < 2


@pytest.mark.parametrize("length", [b"Content-Length: 9999999999\r\n", b""])
def test_it_takes_the_status_of_whoever_drips_afterwards(length):
    beginning = SUCCESS + length + b"\r\n"
    with RawReceiver(lambda to: drip(to, beginning, b"x")) as receiver:
        answer, seconds = post(receiver)
    assert answer.is_success
    assert seconds < 4


def test_it_keeps_to_its_time_also_for_the_answer(settings):
    settings.DELIVERY_TIMEOUT = 0.5
    beginning = SUCCESS + b"\r\n"
    with RawReceiver(lambda to: drip(to, beginning, b"x")) as receiver:
        answer, seconds = post(receiver)
    assert answer.is_success
    assert seconds < 1.5


def test_it_reads_no_more_of_a_huge_answer():
    with WebReceiver(answers=[(200, {}, b"x" * 50_000_000)]) as receiver:
        answer, seconds = post(receiver)
    assert (answer.status, len(answer.body)) == (200, MAX_BODY_BYTES)
    assert seconds < 2


@pytest.mark.parametrize(
    "answer", [b"", b"220 mail.example ESMTP\r\n", b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 1000]
)
def test_it_says_when_there_is_no_web_server(answer):
    def babble(connection):
        connection.recv(65536)
        connection.sendall(answer)

    with RawReceiver(babble) as receiver, pytest.raises(Unavailable):
        post(receiver)


def test_it_says_when_nobody_listens(names):
    with RawReceiver(lambda _: None) as receiver:
        pass
    with pytest.raises(Unavailable, match="cannot be reached: Connection refused"):
        post(receiver)


def test_it_says_when_there_is_no_such_name():
    with pytest.raises(Unavailable, match=r"The host name receiver\.invalid does not exist"):
        HttpClient("https://receiver.invalid/").post(b"", {})


def test_it_says_when_plain_http_is_no_longer_allowed(settings):
    settings.DELIVERY_ALLOW_PRIVATE = False
    with pytest.raises(Unavailable, match="starts with https"):
        HttpClient("http://receiver.example/").post(b"", {})


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("0", 0),
        ("120", 120),
        (" 5 ", 5),
        ("99999999999999999999", 86400),
        ("", None),
        ("-5", None),
        ("1.5", None),
        ("soon", None),
        ("٣", None),
        ("Sun, 06 Nov 1994 08:49:37 GMT", 0),
        ("Sun, 99 Nov 1994 08:49:37 GMT", None),
        ("Sun, 06 Nov 99999999999999999999 08:49:37 GMT", None),
        ("Sun, 06 Nov 1994 08:49:37 +99999999999999999999", None),
    ],
)
def test_it_reads_how_long_to_wait(text, seconds):
    assert retry_after(text) == seconds


def test_it_reads_until_when_to_wait():
    moment = timezone.now() + timedelta(seconds=90)
    for text in (format_datetime(moment.astimezone(), usegmt=False), f"{moment:%d %b %Y %H:%M:%S}"):
        assert 85 <= retry_after(text) <= 91
