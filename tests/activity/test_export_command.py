"""`manage.py export_events`."""

import io
import os
import subprocess
import sys

import pytest
from django.core.management import CommandError, call_command

from activity import exports
from activity.recording import record
from tests.factories import draft

pytestmark = pytest.mark.django_db

LINE = (
    "2026-11-02T10:23:13.123456Z,Dana Weiss,dana@acme.example,Item Read,item.read,203.0.113.7,,,1"
)
HEADER = "Time,User name,User email,Event,Event type,IP address,Vault ID,Item ID,Sequence"
FILE = f"{HEADER}\r\n{LINE}\r\n".encode()


@pytest.fixture(autouse=True)
def _log(acme):
    record(acme, [draft()])


def export(*arguments: str, organization: str = "acme") -> str:
    """Run the command and return its standard error."""
    errors = io.StringIO()
    call_command("export_events", "--organization", organization, *arguments, stderr=errors)
    return errors.getvalue()


def test_it_writes_to_standard_output_and_says_nothing_else(capsysbinary):
    assert export() == ""
    assert capsysbinary.readouterr() == (FILE, b"")


def test_it_writes_json_lines(capsysbinary):
    export("--format", "jsonl", "--output", "-")
    assert capsysbinary.readouterr().out.startswith(b'{"id":"')


def test_it_writes_a_file_and_says_so(tmp_path, capsysbinary):
    path = tmp_path / "log.csv"
    assert export("--output", str(path)) == f"Wrote {path}.\n"
    assert path.read_bytes() == FILE
    assert capsysbinary.readouterr().out == b""
    assert list(tmp_path.iterdir()) == [path]


def test_it_takes_a_copied_query(tmp_path):
    path = tmp_path / "log.csv"
    export("--output", str(path), "--filter", "?organization=acme&event=item.used&order=oldest")
    assert path.read_bytes() == f"{HEADER}\r\n".encode()


def test_it_replaces_a_file_only_when_the_new_one_is_whole(tmp_path, monkeypatch):
    path = tmp_path / "log.csv"
    path.write_bytes(b"from before")

    def broken_stream(*arguments):
        yield b"begun"
        assert path.read_bytes() == b"from before"
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(exports, "stream", broken_stream)
    with pytest.raises(CommandError, match=r"Cannot write .*log\.csv: No space left on device\."):
        export("--output", str(path))
    assert path.read_bytes() == b"from before"
    assert list(tmp_path.iterdir()) == [path]


def test_it_leaves_nothing_half_written_whatever_happens(tmp_path, monkeypatch):
    def broken_stream(*arguments):
        yield b"begun"
        raise KeyboardInterrupt

    monkeypatch.setattr(exports, "stream", broken_stream)
    with pytest.raises(KeyboardInterrupt):
        export("--output", str(tmp_path / "log.csv"))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("missing/log.csv", "No such file or directory"),
        ("file/log.csv", "Not a directory"),
        ("directory", "Is a directory"),
        ("x" * 300, "File name too long"),
    ],
)
def test_it_says_why_a_file_cannot_be_written(tmp_path, name, reason):
    (tmp_path / "file").touch()
    (tmp_path / "directory").mkdir()
    with pytest.raises(CommandError, match=rf"^Cannot write .*: {reason}\.$"):
        export("--output", str(tmp_path / name))
    assert {path.name for path in tmp_path.iterdir()} == {"file", "directory"}


def test_it_knows_no_such_organization():
    with pytest.raises(CommandError, match="There is no organization “nobody”"):
        export(organization="nobody")


@pytest.mark.parametrize("arguments", [["--format", "xlsx"], ["--colour", "red"]])
def test_it_refuses_unknown_arguments(arguments):
    with pytest.raises(CommandError):
        export(*arguments)


def test_it_obeys_the_plan(birch, tmp_path, capsysbinary):
    record(birch, [draft()])
    path = tmp_path / "log.csv"
    for output in (str(path), "-"):
        with pytest.raises(CommandError, match=r"Pass Essentials .*--ignore-plan"):
            export("--output", output, organization="birch")
    assert not path.exists()
    assert capsysbinary.readouterr().out == b""


def test_it_ignores_the_plan_when_told_to(birch, tmp_path):
    record(birch, [draft()])
    path = tmp_path / "log.csv"
    export("--output", str(path), "--ignore-plan", organization="birch")
    assert path.read_bytes() == FILE


def test_it_exports_one_organization_only(birch, tmp_path):
    record(birch, [draft(name="Somebody of Birch")])
    path = tmp_path / "log.csv"
    export("--output", str(path))
    assert path.read_bytes() == FILE


@pytest.mark.slow
def test_it_stops_without_a_traceback_when_nobody_reads(tmp_path):
    """In a separate process, with a log that is larger than the buffer of a pipe."""
    environment = {**os.environ, "DATABASE_URL": f"sqlite:///{tmp_path / 'log.sqlite3'}"}
    manage = [sys.executable, "manage.py"]
    seed = ["seed", "--organizations", "1", "--members", "3", "--events", "3000"]
    for arguments in (["migrate", "--verbosity", "0"], seed):
        subprocess.run([*manage, *arguments], env=environment, check=True, capture_output=True)

    export = subprocess.Popen(
        [*manage, "export_events", "--organization", "seed-1"],
        env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    with export:
        assert export.stdout.read(4) == b"Time"
        export.stdout.close()
        message = export.stderr.read().decode()

    assert message == "CommandError: Stopped: nobody reads the output any more.\n"
    assert export.returncode == 1
