"""Fixtures of the delivery tests."""

import socket

import pytest

from activity.delivery.models import Destination
from tests.delivery.engine.fakes import FakeTransport, fill, lead_to, make_destination
from tests.delivery.receivers import HOST


@pytest.fixture
def names(monkeypatch):
    """The addresses of names in this test. Each look-up removes the first address of a list, except
    the last one. `names.asked` counts the look-ups.
    """

    class Names(dict):
        asked: list[str] = []

    names, ask = Names(), socket.getaddrinfo

    def look_up(host, port, *args, **options):
        if host not in names:
            return ask(host, port, *args, **options)
        names.asked = [*names.asked, host]
        meanings = names[host]
        addresses = meanings.pop(0) if len(meanings) > 1 else meanings[0]
        return [answer for text in addresses for answer in ask(text, port, *args, **options)]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return names


@pytest.fixture
def local_receivers(settings, names):
    """Allow destinations on this machine, under the name of the receivers."""
    settings.DELIVERY_ALLOW_PRIVATE = True
    settings.DELIVERY_TIMEOUT = 5.0
    names[HOST] = [["127.0.0.1"]]
    return names


@pytest.fixture
def siem(acme) -> Destination:
    """Acme's destination, which has two of five events."""
    fill(acme, 5)
    destination = make_destination(acme, position=2)
    destination.secret = "whsec_c2VjcmV0"
    destination.save()
    return destination


@pytest.fixture
def receiver(monkeypatch) -> FakeTransport:
    """The receiver of all webhooks."""
    transport = FakeTransport()
    lead_to(monkeypatch, lambda _destination: transport)
    return transport
