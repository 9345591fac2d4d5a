"""The frame of every page, the home page, and the error pages."""

import re
from datetime import timedelta
from http import HTTPStatus
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.utils import timezone

from organizations.models import Role
from tests.factories import MemberFactory, OrganizationFactory, UpgradeRequestFactory, event

ROOT = Path(__file__).resolve().parent.parent
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))


def text_of(response):
    return " ".join(response.content.decode().split())


@pytest.mark.parametrize("path", ["/admin/", "/admin/password_change/", "/admin/activity/event/"])
def test_it_names_the_organization_and_the_user(as_alice, path):
    text = text_of(as_alice.get(path))

    assert '<span class="current-organization">Acme Robotics <span' in text
    assert "Pass Professional" in text
    assert "alice@acme.example" in text


def test_it_names_no_organization_where_there_are_several(as_alice, alice):
    MemberFactory(organization=OrganizationFactory(), user=alice, role=Role.OWNER)
    assert "current-organization" not in text_of(as_alice.get("/admin/"))


def test_it_names_the_support_console(as_support):
    assert "Support console" in text_of(as_support.get("/admin/"))


def test_it_marks_where_one_is(as_alice):
    home, log = text_of(as_alice.get("/admin/")), text_of(as_alice.get("/admin/activity/event/"))
    assert '<a href="/admin/" aria-current="page">Home</a>' in home
    assert '<a href="/admin/activity/event/" aria-current="page">Activity log</a>' in log
    assert log.count('aria-current="page"') == 1


def test_it_shows_the_figures_of_a_log_at_home(as_alice, acme):
    now = timezone.now()
    event(acme, occurred_at=now - timedelta(minutes=2), event_type="share.created")
    event(acme, occurred_at=now - timedelta(days=40))

    text = text_of(as_alice.get("/admin/"))

    assert "<b>1</b> events in 24 hours" in text
    assert '<span class="home-alert"><b>1</b> sensitive in 7 days' in text
    assert 'viewBox="0 0 140 200"' in text
    assert re.search(r'<path d="M\d+ 0h8v200h-8z"/>', text)


def test_it_shows_no_sparkline_of_a_quiet_log(as_alice):
    text = text_of(as_alice.get("/admin/"))
    assert "<b>0</b> events in 24 hours" in text
    assert "sparkline" not in text
    assert "home-alert" not in text


def test_it_lists_open_upgrade_requests_for_support(as_support):
    waiting = UpgradeRequestFactory(organization__name="<Birch>")

    text = text_of(as_support.get("/admin/"))

    assert f'href="/admin/organizations/upgraderequest/{waiting.pk}/change/"' in text
    assert "<b>&lt;Birch&gt;</b>" in text


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("/nowhere/", HTTPStatus.NOT_FOUND, "Page not found"),
        ("/admin/nowhere/", HTTPStatus.NOT_FOUND, "Page not found"),
        ("/admin/activity/event/", HTTPStatus.FORBIDDEN, "You don’t have access to this page"),
    ],
)
def test_it_has_pages_for_errors(as_support, path, status, words):
    response = as_support.get(path)

    assert response.status_code == status
    assert words in text_of(response)
    assert "passaudit/tokens.css" in text_of(response)


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_it_refers_to_static_files_that_exist(template):
    source = template.read_text(encoding="utf-8")
    for name in re.findall(r"{% static ['\"]([^'\"]+)['\"] %}", source):
        assert finders.find(name), name
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*src=)", source)
