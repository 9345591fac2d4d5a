"""Health checks, as load balancers make them: by IP address, without TLS and without a session."""

import pytest
from django.db import OperationalError, connection
from django.test import Client

from passaudit import probes

PROBE = {"headers": {"host": "10.0.0.7:8000"}}


@pytest.fixture
def strict(settings):
    """Settings as in production."""
    settings.ALLOWED_HOSTS = ["audit.example"]
    settings.SECURE_SSL_REDIRECT = True


def refuse(*arguments):
    raise OperationalError("connection failed: secret-host")


def test_it_is_alive_without_a_database(strict, monkeypatch):
    monkeypatch.setattr(connection, "cursor", refuse)
    response = Client().get("/healthz", **PROBE)
    assert (response.status_code, response.text) == (200, "ok\n")
    assert response["Cache-Control"] == "no-store"


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["get", "head"])
def test_it_is_ready_with_a_migrated_database(strict, method):
    response = getattr(Client(), method)("/readyz", **PROBE)
    assert (response.status_code, response.text) == (200, "ok\n" if method == "get" else "")


@pytest.mark.django_db
def test_it_is_not_ready_without_the_database(strict, monkeypatch):
    client = Client()
    assert client.get("/readyz", **PROBE).status_code == 200
    with monkeypatch.context() as patch:
        patch.setattr(connection, "cursor", refuse)
        response = client.get("/readyz", **PROBE)
        assert (response.status_code, response.text) == (503, "the database is not available\n")
    assert client.get("/readyz", **PROBE).status_code == 200


@pytest.mark.django_db
def test_it_is_not_ready_before_the_migrations(strict, monkeypatch):
    client = Client()
    monkeypatch.setattr(probes, "_has_migrations_to_apply", lambda: True)
    response = client.get("/readyz", **PROBE)
    assert response.status_code == 503
    assert response.text == "the database needs migrations: manage.py migrate\n"
    monkeypatch.undo()
    assert client.get("/readyz", **PROBE).status_code == 200


@pytest.mark.django_db
def test_it_asks_once_when_it_has_been_ready(strict, django_assert_max_num_queries):
    client = Client()
    client.get("/readyz", **PROBE)
    with django_assert_max_num_queries(1):
        client.get("/readyz", **PROBE)


@pytest.mark.django_db
def test_it_leaves_other_requests_to_the_site(strict):
    for path in ("/healthz", "/readyz"):
        assert Client().post(path, **PROBE).status_code == 400  # the host name
    assert Client().get("/admin/login/", headers={"host": "audit.example"}).status_code == 301
