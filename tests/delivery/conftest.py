"""Fixtures of the delivery tests."""

import socket

import pytest

from tests.delivery.receivers import HOST


@pytest.fixture
def names(monkeypatch):
    """What names mean in this test: lists of addresses, of which each look-up takes the first and
    leaves the last. Looked-up names are counted in `names.asked`."""

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
    """Lets destinations be on this machine, under the name of the receivers."""
    settings.DELIVERY_ALLOW_PRIVATE = True
    settings.DELIVERY_TIMEOUT = 5.0
    names[HOST] = [["127.0.0.1"]]
    return names
