"""Syslog over TLS, to a real receiver."""

import json
import re
import socket
import struct
import time

import pytest

from activity.delivery.kinds.base import Unavailable
from activity.delivery.kinds.syslog import frame
from tests.delivery.receivers import HOST, RawReceiver, SyslogReceiver
from tests.delivery.transporting import message, transport

pytestmark = pytest.mark.usefixtures("local_receivers")

RFC_5424 = re.compile(
    r"<(?P<pri>\d{1,3})>1 (?P<time>\S+) (?P<host>[!-~]{1,255}) (?P<app>[!-~]{1,48}) "
    r"(?P<process>[!-~]{1,128}) (?P<id>[!-~]{1,32}) "
    r'(?P<data>\[[!-~]+@\d+( [a-z]+="([^"\\\]]|\\["\\\]])*")*\]) (?P<message>.*)'
)


@pytest.fixture(autouse=True)
def host(monkeypatch):
    monkeypatch.setattr(socket, "gethostname", lambda: "log-1.example")


def send(receiver, *messages, **fields):
    transport("syslog", f"{HOST}:{receiver.port}", **fields).send(messages)


def test_it_sends_messages_as_the_standards_say():
    with SyslogReceiver() as receiver:
        send(receiver, message(41, content={"name": "Ünal 🗝"}), message(42))
    first, second = receiver.messages
    assert first == (
        "<110>1 2026-11-22T10:23:13.123456Z log-1.example passaudit - item.read "
        '[passaudit@32473 organization="acme" seq="41" id="00000000-0000-8000-8000-000000000041"] '
        '{"name":"\\u00dcnal \\ud83d\\udddd"}'
    )
    assert json.loads(first[first.index("{") :]) == {"name": "Ünal 🗝"}
    assert 'seq="42"' in second


@pytest.mark.parametrize(
    ("event_type", "pri"),
    [("item.read", 110), ("item.created", 109), ("share.created", 108), ("galaxy.imploded", 109)],
)
def test_it_tells_the_level_by_the_severity(event_type, pri):
    text = frame(message(event_type=event_type), "acme").partition(b" ")[2]
    assert int(RFC_5424.fullmatch(text.decode())["pri"]) == pri


@pytest.mark.parametrize(
    "fields",
    [
        {"event_type": "x" * 100},
        {"event_type": "zwei Wörter\n<1>1 forged"},
        {"event_type": ""},
        {"id": 'a"b\\c]d'},
        {"id": "a\nb\0c ü"},
        {"content": {"text": 'line\nbreak \x00 ] \\ " é\u2028'}},
    ],
)
def test_it_keeps_the_form_whatever_comes(monkeypatch, fields):
    monkeypatch.setattr(socket, "gethostname", lambda: "rechner übel")
    length, _, text = frame(message(**fields), "acme").partition(b" ")
    assert int(length) == len(text)
    assert (found := RFC_5424.fullmatch(text.decode("ascii")))
    assert json.loads(found["message"]) == message(**fields).content


def test_it_names_the_data_by_the_operators_number(settings):
    settings.DELIVERY_ENTERPRISE_NUMBER = 99999
    assert b"[passaudit@99999 " in frame(message(), "acme")


def test_it_brings_every_batch_whole():
    with SyslogReceiver() as receiver:
        for start in (1, 501):
            send(receiver, *[message(seq) for seq in range(start, start + 500)])
    found = [int(re.search(r'seq="(\d+)"', text)[1]) for text in receiver.messages]
    assert found == list(range(1, 1001))


def test_it_is_content_when_the_receiver_just_closes():
    received = []

    def read_and_close(connection):
        while chunk := connection.recv(4096):
            received.append(chunk)

    with RawReceiver(read_and_close) as receiver:
        send(receiver, message())
    assert b"".join(received) == frame(message(), "acme")


def reset(connection):
    """Close without reading, so that the sender gets a connection reset."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    socket.socket.close(connection)


@pytest.mark.parametrize("converse", [reset, lambda _: time.sleep(3)], ids=["reset", "never reads"])
def test_it_has_not_arrived_before_the_receiver_says_so(settings, converse):
    settings.DELIVERY_TIMEOUT = 0.5
    with RawReceiver(converse) as receiver, pytest.raises(Unavailable):
        send(receiver, message())


@pytest.mark.parametrize("fields", [{"ca_certificate": ""}])
def test_it_trusts_only_whom_it_knows(fields):
    with SyslogReceiver() as receiver, pytest.raises(Unavailable, match="not trusted"):
        send(receiver, message(), **fields)
    assert receiver.messages == []


def test_it_wants_the_name_in_the_certificate(names):
    names["other.example"] = [["127.0.0.1"]]
    with SyslogReceiver() as receiver, pytest.raises(Unavailable, match="not trusted"):
        transport("syslog", f"other.example:{receiver.port}").send([message()])
    assert receiver.messages == []
