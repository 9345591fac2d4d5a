"""Helpers to run an importer or the command in a test."""

import io
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.core.management import CommandError, call_command
from hypothesis import HealthCheck, settings

from activity.drafts import EventDraft
from activity.importers.files.opening import open_rows
from activity.importers.files.rows import Parsed, Rejected

FIXTURES = Path(__file__).parent / "fixtures"
CASES = Path(__file__).parent / "cases"  # what people really have, see test_cases.py
UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


def parse(name: str, content: bytes, *, zone: str | None = None) -> list[Parsed | Rejected]:
    """The results of the importer `name` for a file with this content; `auto` recognizes it."""
    file = open_rows(io.BytesIO(content), format_name=name, zone=ZoneInfo(zone) if zone else None)
    return list(file.rows)


def drafts(name: str, content: bytes, *, zone: str | None = None) -> list[EventDraft]:
    """The drafts. Fails if a row is rejected."""
    rows = parse(name, content, zone=zone)
    assert [row for row in rows if isinstance(row, Rejected)] == []
    return [row.draft for row in rows]


def told(rows: list[Parsed | Rejected]) -> list[str]:
    """The messages about rejected rows."""
    return [f"{row.raw.place}: {row.reason}" for row in rows if isinstance(row, Rejected)]


class Outcome(NamedTuple):
    code: int
    stdout: str
    stderr: str


def import_events(file: Path | str, *arguments: str) -> Outcome:
    """Run the command as a shell does, by default into the organization `acme`."""
    stdout, stderr = io.StringIO(), io.StringIO()
    if "--organization" not in arguments:
        arguments = ("--organization", "acme", *arguments)
    try:
        call_command("import_events", str(file), *arguments, stdout=stdout, stderr=stderr)
    except CommandError as error:
        return Outcome(error.returncode, stdout.getvalue(), f"{stderr.getvalue()}{error}\n")
    return Outcome(0, stdout.getvalue(), stderr.getvalue())
