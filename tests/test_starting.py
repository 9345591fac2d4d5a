"""How processes end that cannot do their work: with a line on standard error, and not with 0."""

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command, get_commands

from tests.processes import ROOT

pytestmark = pytest.mark.slow

UNREACHABLE = "postgres://postgres:hidden@127.0.0.1:1/log"


def run(*arguments, stdout=subprocess.PIPE, **environment):
    """A process of its own. Returns its exit status and what it wrote on standard error."""
    finished = subprocess.run(
        [*map(str, arguments)],
        check=False,
        cwd=ROOT,
        env={**os.environ, "LOG_LEVEL": "WARNING", **environment},
        stdout=stdout,
        stderr=subprocess.PIPE,
        text=True,
        timeout=120,
    )
    return finished.returncode, finished.stderr


def manage(*arguments, **options):
    return run(sys.executable, "manage.py", *arguments, **options)


@pytest.fixture
def new_database(tmp_path):
    """The address of a database with tables, and nothing in them."""
    url = f"sqlite:///{tmp_path}/log.sqlite3"
    assert manage("migrate", "--verbosity=0", DATABASE_URL=url) == (0, "")
    return url


WRONG = {"SECRET_KEY": "", "HTTPS": "ture", "DATABASE_URL": "mysql://root:hidden@localhost/log"}
TOLD = """\
passaudit: SECRET_KEY must be set. See .env.example.
passaudit: DATABASE_URL must begin with sqlite:///, postgres:// or postgresql://. \
See docs/operating.md.
passaudit: HTTPS must be true or false.
"""


def test_it_tells_each_wrong_setting_on_a_line():
    assert manage("check", **WRONG) == (2, TOLD)


def test_it_does_not_serve_with_wrong_settings():
    gunicorn = Path(sys.executable).with_name("gunicorn")
    assert run(gunicorn, "--bind=127.0.0.1:0", **WRONG) == (2, TOLD)


@pytest.mark.parametrize(
    "command",
    [
        ["set_plan", "acme", "essentials"],
        ["seed", "--events=1"],
        ["export_events", "--organization=acme"],
        ["create_api_key", "acme", "--scopes=events:read"],
    ],
)
def test_it_tells_that_the_database_is_away(command):
    status, message = manage(*command, DATABASE_URL=UNREACHABLE)
    assert (status, message.count("\n")) == (2, 1)
    assert message.startswith("passaudit: the database failed: ")
    assert "Connection refused" in message
    assert "hidden" not in message


def test_it_imports_nothing_while_the_database_is_away(tmp_path):
    (tmp_path / "events").write_text("{}\n")
    arguments = ["import_events", tmp_path / "events", "--organization=acme"]
    status, message = manage(*arguments, DATABASE_URL=UNREACHABLE)
    assert (status, message.count("\n")) == (2, 1)
    assert "Stopped: the database failed (connection failed" in message
    assert "Run the same command again: nothing will be stored twice." in message


def test_it_tells_that_there_are_no_tables(tmp_path):
    url = f"sqlite:///{tmp_path}/log.sqlite3"
    status, message = manage("set_plan", "acme", "essentials", DATABASE_URL=url)
    assert status == 2
    assert message.endswith(". Make the tables: manage.py migrate\n")
    assert message.count("\n") == 1


@pytest.mark.parametrize("command", [["help"], ["create_organization", "a", "--name=A"]])
def test_it_tells_that_standard_output_is_full(new_database, command):
    if command[0] != "help":
        command = [*command, "--plan=professional"]
    with Path("/dev/full").open("w") as full:
        status, message = manage(*command, DATABASE_URL=new_database, stdout=full)
    told = "passaudit: output cannot be written: No space left on device\n"
    assert (status, message) == (2, told)


def test_it_exports_all_or_says_that_it_did_not(new_database):
    assert manage("seed", "--organizations=1", "--events=500", DATABASE_URL=new_database)[0] == 0
    with Path("/dev/full").open("w") as full:
        arguments = ["export_events", "--organization=seed-1"]
        status, message = manage(*arguments, DATABASE_URL=new_database, stdout=full)
    assert status == 1
    assert message.endswith(": No space left on device. The output is incomplete.\n")
    assert message.count("\n") == 1


@pytest.mark.parametrize("name", ["import", "export"])
def test_it_does_not_offer_commands_that_show_any_table(name):
    assert name not in get_commands()
    with pytest.raises(CommandError, match="Unknown command"):
        call_command(name, "CSV", "organizations.User", stdout=io.StringIO())


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--port=0"], "--port: give a whole number from 1 to 65,535"),
        (["--port=65536"], "--port: give a whole number from 1 to 65,535"),
        (["--port=http"], "--port: give a whole number from 1 to 65,535"),
        (["--events=-1"], "--events: give a whole number from 1 to 10,000,000"),
        (["--events=0"], "--events: give a whole number from 1 to 10,000,000"),
        (["--events=1e9"], "--events: give a whole number from 1 to 10,000,000"),
    ],
)
def test_it_refuses_a_demo_that_cannot_be_meant(arguments, told):
    with pytest.raises(CommandError, match=told):
        call_command("demo", *arguments)
