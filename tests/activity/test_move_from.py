"""`manage.py move_from` makes an exact copy of another database."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.contrib.auth import authenticate
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.core.management.base import CommandError

from activity.models import Event, LogHead
from activity.recording import record
from organizations.models import Organization, User
from tests.api.conftest import EVENTS, issue
from tests.factories import draft

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "correct horse battery staple"
DEMO = f"""
from activity.seeding.demo import ORGANIZATIONS, make_logins, make_organization
for slug in ORGANIZATIONS:
    make_organization(slug, events=60)
make_logins({PASSWORD!r})
"""


def manage(url: str, *arguments: str) -> bytes:
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": url},
        check=True,
        capture_output=True,
    ).stdout


@pytest.fixture(scope="module")
def old(tmp_path_factory) -> str:
    """The URL of a database that contains the demo."""
    url = f"sqlite:///{tmp_path_factory.mktemp('old') / 'old.sqlite3'}"
    manage(url, "migrate", "--verbosity=0")
    manage(url, "shell", "--verbosity=0", "--command", DEMO)
    return url


@pytest.fixture
def moved(old):
    call_command("move_from", old)
    yield old
    ContentType.objects.clear_cache()


def test_it_exports_the_same_afterwards(moved, tmp_path):
    for slug, form in (("acme", "csv"), ("birch", "jsonl")):
        options = {"organization": slug, "format": form, "ignore_plan": True}
        call_command("export_events", **options, output=str(tmp_path / slug))
        flags = [f"--organization={slug}", f"--format={form}", "--ignore-plan"]
        before = manage(moved, "export_events", *flags)
        assert before.count(b"\n") >= 60
        assert (tmp_path / slug).read_bytes() == before


def test_it_goes_on_where_the_other_ended(moved, client):
    assert authenticate(username="admin@acme.example", password=PASSWORD)
    acme = Organization.objects.get(slug="acme")
    receipt = record(acme, [draft(email="somebody.new@acme.example")])
    assert receipt.last_seq == LogHead.objects.get(organization=acme).size == 61
    assert Event.objects.filter(organization=acme).count() == 61
    assert User.objects.create(email="new@acme.example").pk > 5
    token = issue(acme).token
    headers = {"Authorization": f"Bearer {token}"}
    assert client.get(EVENTS, headers=headers).status_code == 200


def test_it_says_what_it_copies(old, capsys):
    call_command("move_from", old)
    lines = capsys.readouterr().out.splitlines()
    assert {"activity.Event 180", "organizations.Organization 3"} <= {*lines}
    assert lines[-1] == "Everything is copied."
    ContentType.objects.clear_cache()


def test_it_refuses_a_database_that_is_in_use(old, acme):
    with pytest.raises(CommandError, match="has data already: organizations"):
        call_command("move_from", old)
    assert list(Organization.objects.all()) == [acme]


def test_it_refuses_other_tables(tmp_path):
    (tmp_path / "empty.sqlite3").touch()
    with pytest.raises(CommandError, match="Run “migrate”"):
        call_command("move_from", f"sqlite:///{tmp_path / 'empty.sqlite3'}")


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("", "is no DATABASE_URL"),
        ("/srv/db.sqlite3", "is no DATABASE_URL"),
        ("sqlite:////nowhere/db.sqlite3", "There is no file /nowhere/db.sqlite3"),
        ("postgres://127.0.0.1:1/log", "Nothing was copied"),
        ("postgres://[::", "Nothing was copied"),
    ],
)
def test_it_refuses_what_is_no_database(url, reason):
    with pytest.raises(CommandError, match=reason):
        call_command("move_from", url)
