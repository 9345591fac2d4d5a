"""Uploads begin with an empty folder, and end with the worker of the same process."""

import pytest

from activity.uploads.models import uploads_storage


@pytest.fixture(autouse=True)
def _empty_folder():
    storage = uploads_storage()
    for name in storage.listdir("")[1]:
        storage.delete(name)


@pytest.fixture(autouse=True)
def _one_connection(monkeypatch):
    """The worker would close the connection that the test holds a transaction on."""
    monkeypatch.setattr("activity.worker.loop.close_old_connections", lambda: None)
