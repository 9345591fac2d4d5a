"""What people and programs get when something goes wrong."""

import errno
import logging
from contextlib import contextmanager
from http import HTTPStatus

import pytest
from django.db import InterfaceError, OperationalError, connections
from django.test import Client
from django.urls import path

from passaudit import urls as site_urls
from tests.api.conftest import bearer, issue

DOWN = "connection failed: Connection refused\n\tIs the server running?"


def text_of(response):
    return " ".join(response.content.decode().split())


def fail(error):
    """An address whose page raises `error`."""

    def view(request):
        raise error

    return view


@pytest.fixture
def failing_page(settings, monkeypatch):
    """Gets a page that raises this error. Nobody is signed in."""

    def get(error, **options):
        address = path("fails/", fail(error))
        monkeypatch.setattr(site_urls, "urlpatterns", [address, *site_urls.urlpatterns])
        return Client(raise_request_exception=False).get("/fails/", **options)

    monkeypatch.setattr("django.urls.resolvers.URLResolver.url_patterns", property(_patterns))
    return get


def _patterns(resolver):
    return getattr(resolver.urlconf_module, "urlpatterns", resolver.urlconf_module)


@contextmanager
def without_database():
    """Every query fails, as it does when the server is down."""

    def refuse(*arguments):
        raise OperationalError(DOWN)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(connections["default"], "cursor", refuse)
        yield


PAGES = ["/admin/", "/admin/activity/event/", "/admin/organizations/organization/"]


@pytest.mark.parametrize("page", PAGES)
def test_it_says_that_the_database_is_away(alice, page):
    client = Client(raise_request_exception=False)
    client.force_login(alice)

    with without_database():
        response = client.get(page, headers={"accept-language": "en"})

    assert response.status_code == HTTPStatus.SERVICE_UNAVAILABLE
    assert response.headers["Retry-After"] == "30"
    assert response.headers["Cache-Control"] == "no-store"
    assert "The database is not available" in text_of(response)
    assert "passaudit/tokens.css" in text_of(response)


def test_it_tells_programs_that_the_database_is_away(acme):
    client = bearer(issue(acme))
    with without_database():
        response = client.get("/api/v1/events")
    assert response.status_code == HTTPStatus.SERVICE_UNAVAILABLE
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.headers["Retry-After"]


@pytest.mark.parametrize(
    ("error", "status", "words"),
    [
        (OperationalError(DOWN), HTTPStatus.SERVICE_UNAVAILABLE, "The database is not available"),
        (InterfaceError("closed"), HTTPStatus.SERVICE_UNAVAILABLE, "The database is not available"),
        (
            OSError(errno.ENOSPC, "No space left on device"),
            HTTPStatus.INSUFFICIENT_STORAGE,
            "The disk of the server is full",
        ),
        (OSError(errno.EDQUOT, "Quota"), HTTPStatus.INSUFFICIENT_STORAGE, "The disk of the server"),
        (OSError(errno.EIO, "Broken"), HTTPStatus.INTERNAL_SERVER_ERROR, "Something went wrong"),
        (ValueError("Pa55w0rd"), HTTPStatus.INTERNAL_SERVER_ERROR, "Something went wrong"),
    ],
)
def test_it_has_a_page_for_each_failure(failing_page, error, status, words):
    response = failing_page(error)
    assert response.status_code == status
    assert words in text_of(response)
    assert "Pa55w0rd" not in text_of(response)
    assert "passaudit/tokens.css" in text_of(response)


def test_it_speaks_the_language_of_the_browser(failing_page):
    response = failing_page(OperationalError(DOWN), headers={"accept-language": "de"})
    assert "Die Datenbank ist nicht erreichbar" in text_of(response)
    assert '<html lang="de"' in text_of(response)


def test_it_logs_a_database_that_is_away_on_one_line(failing_page, caplog):
    with caplog.at_level(logging.ERROR):
        failing_page(OperationalError(DOWN))
    (line,) = _lines(caplog)
    told = "Service Unavailable: /fails/ (connection failed: Connection refused Is the server run"
    assert told in line
    assert "\n" not in line


def test_it_logs_other_failures_with_their_traceback(failing_page, caplog):
    with caplog.at_level(logging.ERROR):
        failing_page(ValueError("Pa55w0rd"))
    (line,) = _lines(caplog)
    assert "Traceback (most recent call last)" in line
    assert line.endswith("ValueError: Pa55w0rd")


@pytest.mark.parametrize("host", ["elsewhere.example", "a" * 2000, "x'\"<script>"])
def test_it_knows_no_other_name(host, caplog):
    with caplog.at_level(logging.ERROR):
        response = Client().get("/admin/login/", headers={"host": host})
    assert response.status_code == HTTPStatus.BAD_REQUEST
    assert "This site has another name" in text_of(response)
    assert "passaudit/tokens.css" in text_of(response)
    assert "<script>" not in response.content.decode()
    (line,) = _lines(caplog)
    assert "\n" not in line
    assert len(line) <= 500


def test_it_keeps_the_menu_where_somebody_is_signed_in(as_support):
    text = text_of(as_support.get("/nowhere/"))
    assert 'aria-label="Main"' in text
    assert "support@passaudit.example" in text
    denied = text_of(as_support.get("/admin/activity/event/"))
    assert 'aria-label="Main"' in denied


def test_it_shows_no_menu_to_strangers(db):
    response = Client().get("/nowhere/")
    assert response.status_code == HTTPStatus.NOT_FOUND
    assert 'aria-label="Main"' not in text_of(response)


def test_it_explains_a_form_that_has_expired(alice):
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice)
    response = client.post("/language/", {"language": "de"})
    assert response.status_code == HTTPStatus.FORBIDDEN
    assert "Please try again" in text_of(response)
    assert 'aria-label="Main"' in text_of(response)


def _lines(caplog):
    """The log as it is written."""
    handler = logging.getLogger().handlers[0]
    for each in logging.getLogger().handlers:
        if each.filters:
            handler = each
    records = [record for record in caplog.records if record.levelno >= logging.ERROR]
    return [handler.format(record) for record in records if handler.filter(record)]
