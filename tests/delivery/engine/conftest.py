"""Fixtures of the engine's tests."""

import pytest

from activity.delivery.models import Destination, Kind
from activity.delivery.transports import TRANSPORTS
from tests.delivery.engine.fakes import FakeTransport, make_destination


@pytest.fixture
def receiver(monkeypatch) -> FakeTransport:
    """Where all webhooks lead."""
    transport = FakeTransport()
    monkeypatch.setitem(TRANSPORTS, Kind.WEBHOOK, lambda _destination: transport)
    return transport


@pytest.fixture
def siem(acme) -> Destination:
    """Acme's destination, at the beginning of an empty log."""
    return make_destination(acme)
