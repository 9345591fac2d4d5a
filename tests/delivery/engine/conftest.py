"""Fixtures of the engine's tests."""

import pytest

from activity.delivery.models import Destination
from tests.delivery.engine.fakes import make_destination


@pytest.fixture(autouse=True)
def _kept_connection(monkeypatch):
    """Django closes connections that are in a transaction, as that of a test is."""
    monkeypatch.setattr("activity.worker.loop.close_old_connections", lambda: None)


@pytest.fixture
def siem(acme) -> Destination:
    """Acme's destination, at the beginning of an empty log."""
    return make_destination(acme)
