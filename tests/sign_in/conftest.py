"""A clock for the limits, and people who try to sign in."""

import pytest
from django.db.models import BigIntegerField, Value
from django.test import Client

from activity import buckets
from tests.factories import PASSWORD, hashed_password

LOGIN = "/admin/login/"
MINUTE = 60_000_000
START = 30_000_000 * MINUTE


class Clock:
    """The clock of the database, in microseconds."""

    now = START


@pytest.fixture
def clock(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(buckets, "now", lambda: Value(clock.now, output_field=BigIntegerField()))
    return clock


class Visitor:
    """A browser at an address."""

    def __init__(self, address="203.0.113.7", **headers):
        self.client = Client(REMOTE_ADDR=address, **headers)

    def signs_in(self, email, password=PASSWORD, **data):
        return self.client.post(LOGIN, {"username": email, "password": password, **data})

    def guesses(self, email, times):
        """The statuses of so many wrong guesses."""
        return [self.signs_in(email, f"wrong {n}").status_code for n in range(times)]

    def signs_out(self):
        return self.client.post("/admin/logout/")


@pytest.fixture(autouse=True)
def _quick_hashes(settings):
    """The limits are what is tested here, not how slow a hash is."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    hashed_password.cache_clear()
    yield
    hashed_password.cache_clear()
