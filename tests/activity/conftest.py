"""Fixtures of the log's tests."""

import pytest

from tests.activity.parity import Logs


@pytest.fixture
def logs(db, settings) -> Logs:
    """Two organizations with almost the same log, and no time limits on queries."""
    settings.FACETS_SECONDS = settings.PAGE_SECONDS = 60
    settings.API_RATE_PER_MINUTE = 1_000_000
    return Logs()
