"""Fixtures of the tests of the engine."""

import pytest

from activity.delivery.models import Destination
from tests.delivery.engine.fakes import make_destination


@pytest.fixture(autouse=True)
def _kept_connection(monkeypatch):
    """Keep the connection open. The engine would close that of the test's transaction."""
    monkeypatch.setattr("activity.worker.loop.close_old_connections", lambda: None)


@pytest.fixture
def siem(acme) -> Destination:
    """Acme's destination, with an empty log."""
    return make_destination(acme)
