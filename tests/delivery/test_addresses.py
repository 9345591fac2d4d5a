"""Addresses that destinations cannot have, in every notation."""

import ipaddress
import socket
from threading import Event

import pytest
from django.core.exceptions import ValidationError

from activity.delivery.kinds.base import Unavailable
from activity.delivery.network.addresses import ForbiddenAddress, is_public, resolve
from activity.delivery.network.connections import DeadlineSocket
from activity.delivery.network.endpoints import (
    parse_host_and_port,
    parse_url,
    require_public,
)
from tests.delivery.transporting import message, transport

PUBLIC = [
    "8.8.8.8", "93.184.216.34", "172.15.255.255", "172.32.0.0", "100.63.255.255", "100.128.0.0",
    "168.63.129.15",
    "2606:4700:4700::1111", "2a00:1450:4001:80b::200e",
    "::ffff:8.8.8.8", "64:ff9b::8.8.8.8", "2002:808:808::1",
]  # fmt: skip
NOT_PUBLIC = [
    "0.0.0.0", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.100.100.200", "127.0.0.1",
    "127.255.255.254",
    "168.63.129.16", "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.192", "192.0.2.1",
    "192.88.99.1",
    "192.168.1.1", "198.18.0.1", "198.51.100.7", "203.0.113.7", "224.0.0.1", "239.255.255.255",
    "240.0.0.1",
    "255.255.255.255",
    "::", "::1", "::7f00:1", "fc00::1", "fd00:ec2::254", "fe80::1", "fe80::1%eth0", "fec0::1",
    "ff02::1", "100::1", "2001:db8::1",
    "2001::1", "2001:0:4136:e378:8000:63bf:3fff:fdd2", "3fff::1", "5f00::1", "4000::1",
    "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::ffff:0:127.0.0.1",
    "64:ff9b::127.0.0.1", "64:ff9b::10.0.0.1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::10.0.0.1",
    "2002:7f00:1::1", "2002:a00:1::1", "2002:a9fe:a9fe::1",
]  # fmt: skip
LOOPBACK_SPELLINGS = [
    "localhost",
    "LOCALHOST",
    "127.0.0.1",
    "127.1",
    "2130706433",
    "0x7f000001",
    "0x7f.0.0.1",
    "017700000001",
    "0177.0.0.1",
    "0",
    "[::1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[64:ff9b::7f00:1]",
    "169.254.169.254",
    "[fe80::1%25lo]",
]


@pytest.mark.parametrize("text", PUBLIC)
def test_it_knows_what_is_on_the_internet(text):
    assert is_public(ipaddress.ip_address(text))


@pytest.mark.parametrize("text", NOT_PUBLIC)
def test_it_knows_what_is_not(text):
    assert not is_public(ipaddress.ip_address(text))


@pytest.mark.parametrize("host", LOOPBACK_SPELLINGS)
def test_it_is_not_fooled_by_spellings(host):
    endpoint = parse_url(f"https://{host}/in")
    with pytest.raises(ValidationError):
        require_public(endpoint)
    for kind, address in [
        ("webhook", f"https://{host}/in"),
        ("splunk", f"https://{host}:8088"),
        ("syslog", f"{host}:6514"),
    ]:
        with pytest.raises(Unavailable):
            transport(kind, address).send([message()])


@pytest.mark.parametrize(
    "addresses",
    [["10.0.0.1"], ["8.8.8.8", "10.0.0.1"], ["8.8.8.8", "::1"], ["::ffff:169.254.169.254"]],
)
@pytest.mark.parametrize("kind", ["webhook", "splunk", "syslog"])
def test_it_connects_to_nobody_when_a_name_leads_inside(names, monkeypatch, kind, addresses):
    monkeypatch.setattr(DeadlineSocket, "connect", lambda *_: pytest.fail("It connects."))
    names["inside.example"] = [addresses]
    address = "inside.example:6514" if kind == "syslog" else "https://inside.example/"
    with pytest.raises(Unavailable, match=r"^inside\.example is not on the internet"):
        transport(kind, address).send([message()])


def test_it_connects_to_what_it_has_looked_at(names, monkeypatch):
    """It connects to the checked address, even if the name resolves to another one later."""
    connected = []

    def connect(self, address):
        connected.append(address[0])
        raise ConnectionRefusedError(111, "Connection refused")

    monkeypatch.setattr(DeadlineSocket, "connect", connect)
    names["rebind.example"] = [["93.184.216.34"], ["127.0.0.1"]]
    with pytest.raises(Unavailable, match="cannot be reached: Connection refused"):
        transport("webhook", "https://rebind.example/").send([message()])
    assert connected == ["93.184.216.34"]
    assert names.asked == ["rebind.example"]


def test_it_tries_the_other_addresses_of_a_name(names, monkeypatch):
    connected = []

    def connect(self, address):
        connected.append(address[0])
        raise OSError(101, "Network is unreachable")

    monkeypatch.setattr(DeadlineSocket, "connect", connect)
    names["double.example"] = [["2606:4700:4700::1111", "8.8.8.8"]]
    with pytest.raises(Unavailable, match="Network is unreachable"):
        transport("webhook", "https://double.example/").send([message()])
    assert connected == ["2606:4700:4700::1111", "8.8.8.8"]


def test_it_allows_private_addresses_when_it_is_told_to(settings, names):
    names["inside.example"] = [["10.0.0.1"]]
    with pytest.raises(ForbiddenAddress):
        resolve("inside.example", 443, 5)
    settings.DELIVERY_ALLOW_PRIVATE = True
    [(*_rest, address)] = resolve("inside.example", 443, 5)
    assert address == ("10.0.0.1", 443)


def test_it_does_not_wait_for_a_slow_resolver(monkeypatch):
    def never(*args, **options):
        released.wait(10)
        return []

    released = Event()
    monkeypatch.setattr(socket, "getaddrinfo", never)
    with pytest.raises(TimeoutError):
        resolve("slow.example", 443, 0.1)
    released.set()


@pytest.mark.parametrize(
    "text",
    [
        "http://receiver.example/",
        "ftp://receiver.example/",
        "file:///etc/passwd",
        "gopher://receiver.example",
        "//receiver.example/",
        "receiver.example",
        "https://",
        "https:///in",
        "https://:443/",
        "https://user@receiver.example/",
        "https://user:password@receiver.example/",
        "https://receiver.example@127.0.0.1/",
        "https://receiver.example\\@127.0.0.1/",
        "https://receiver.example/#fragment",
        "https://receiver.example:0/",
        "https://receiver.example:65536/",
        "https://receiver.example:port/",
        "https://receiver.example/a b",
        "https://receiver.example/\r\nHost: other",
        "https://räuber.example/",
        "https://[::1/",
    ],
)
def test_it_refuses_what_is_no_https_address(text):
    with pytest.raises(ValidationError):
        parse_url(text)


def test_it_takes_an_address_apart():
    endpoint = parse_url("https://Receiver.example:443/in/?token=a%20b")
    assert (endpoint.host, endpoint.port, endpoint.is_tls) == ("receiver.example", 443, True)
    assert (endpoint.authority, endpoint.target) == ("Receiver.example", "/in/?token=a%20b")
    assert parse_url("https://[2606:4700::1]:8443").authority == "[2606:4700::1]:8443"
    assert parse_url("https://[2606:4700::1]:8443").host == "2606:4700::1"


def test_it_takes_plain_http_only_where_private_addresses_are_allowed(settings):
    settings.DELIVERY_ALLOW_PRIVATE = True
    endpoint = parse_url("http://10.0.0.1/in")
    assert (endpoint.port, endpoint.is_tls) == (80, False)


@pytest.mark.parametrize(
    ("text", "host", "port"),
    [
        ("logs.example.com", "logs.example.com", 6514),
        ("logs.example.com:1514", "logs.example.com", 1514),
        ("203.0.113.7:6514", "203.0.113.7", 6514),
        ("[2606:4700::1]:6514", "2606:4700::1", 6514),
    ],
)
def test_it_takes_a_host_and_a_port_apart(text, host, port):
    endpoint = parse_host_and_port(text)
    assert (endpoint.host, endpoint.port) == (host, port)


@pytest.mark.parametrize(
    "text",
    ["", ":6514", "logs:0", "logs:65536", "logs:tls", "a b:1", "tls://logs:1", "logs/x", "a@b:1"],
)
def test_it_refuses_what_is_no_host_and_port(text):
    with pytest.raises(ValidationError):
        parse_host_and_port(text)
