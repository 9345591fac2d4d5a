"""Fixtures of the tests of uploads: an empty folder, and the worker in the test's process."""

import pytest

from activity.uploads.models import uploads_storage


@pytest.fixture(autouse=True)
def _empty_folder():
    storage = uploads_storage()
    for name in storage.listdir("")[1]:
        storage.delete(name)


@pytest.fixture(autouse=True)
def _one_connection(monkeypatch):
    """Keep the connection open. The worker would close that of the test's transaction."""
    monkeypatch.setattr("activity.worker.loop.close_old_connections", lambda: None)
