"""Fixtures for several packages of tests."""

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db.backends.base.operations import BaseDatabaseOperations
from django.test import Client

from activity.evidence import append_only
from organizations.models import Organization, Role, User
from organizations.plans import Plan
from tests import factories
from tests.sent_statements import about_events, statements


@pytest.fixture(autouse=True, scope="session")
def _static_root():
    """WhiteNoise warns if this folder is missing, as in a fresh clone."""
    django_settings.STATIC_ROOT.mkdir(exist_ok=True)


@pytest.fixture(autouse=True)
def _plain_static_files(settings):
    """Use storage that needs no `collectstatic`."""
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }


@pytest.fixture(autouse=True, scope="session")
def _flushing_empties_the_log():
    """Tests that commit empty all tables afterwards. The triggers refuse that."""
    execute = BaseDatabaseOperations.execute_sql_flush

    def flush(operations: Any, sql_list: list[str]) -> None:
        with append_only.lifted(operations.connection.alias):
            execute(operations, sql_list)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BaseDatabaseOperations, "execute_sql_flush", flush)
        yield


@pytest.fixture(scope="session")
def live_server(django_db_setup, live_server):
    """Started after the test database was made. A server that is older does not share the test's
    connection to SQLite: each of its threads opens one, and none is closed."""
    return live_server


@pytest.fixture
def acme(db) -> Organization:
    return factories.OrganizationFactory(name="Acme Robotics", slug="acme")


@pytest.fixture
def birch(db) -> Organization:
    return factories.OrganizationFactory(name="Birch & Co", slug="birch", plan=Plan.ESSENTIALS)


@pytest.fixture
def alice(acme) -> User:
    """An administrator of Acme."""
    return factories.administrator(acme, Role.ADMIN, email="alice@acme.example")


@pytest.fixture
def bob(birch) -> User:
    """An administrator of Birch, whose plan does not include the log."""
    return factories.administrator(birch, Role.OWNER, email="bob@birch.example")


@pytest.fixture
def charlie(acme) -> User:
    """A member of Acme without rights, who must see no events."""
    return factories.MemberFactory(organization=acme, user__email="charlie@acme.example").user


@pytest.fixture
def support(db) -> User:
    return factories.UserFactory(email="support@passaudit.example", is_staff=True)


@pytest.fixture
def superuser(db) -> User:
    return factories.UserFactory(email="root@passaudit.example", is_staff=True, is_superuser=True)


@pytest.fixture
def as_alice(alice) -> Client:
    client = Client()
    client.force_login(alice)
    return client


@pytest.fixture
def as_support(support) -> Client:
    client = Client()
    client.force_login(support)
    return client


@pytest.fixture
def watched(monkeypatch) -> Callable[[Callable[[], Any]], list[str]]:
    """Call a function and return its statements about events."""

    def watch(act: Callable[[], Any]) -> list[str]:
        with statements(monkeypatch) as sent:
            act()
        return about_events(sent)

    return watch
