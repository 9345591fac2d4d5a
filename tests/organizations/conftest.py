"""Fixtures of the tests of support pages."""

import pytest
from django.test import Client

from organizations.models import Role
from tests.factories import MemberFactory


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def as_superuser(superuser) -> Client:
    return signed_in(superuser)


@pytest.fixture
def as_bob(bob) -> Client:
    return signed_in(bob)


@pytest.fixture
def as_charlie(charlie) -> Client:
    return signed_in(charlie)


@pytest.fixture
def dana(acme):
    return MemberFactory(
        organization=acme, user=None, email="dana@acme.example", name="Dana", role=Role.ADMIN
    )
