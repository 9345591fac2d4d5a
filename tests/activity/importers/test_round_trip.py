"""A log is exported, imported into another organization, and exported again."""

import csv
import io
import json

import pytest
from django.core.management import call_command

from tests import factories
from tests.activity.importers.running import FIXTURES, import_events


@pytest.fixture
def moved(acme, tmp_path):
    """Export Acme's log, import it into another organization, and return both exports as text."""

    def move(export_format: str, import_format: str) -> tuple[str, str]:
        factories.OrganizationFactory(slug="moved")
        first, second = tmp_path / "first", tmp_path / "second"
        _export("acme", export_format, first)
        outcome = import_events(first, "--format", import_format, "--organization", "moved")
        assert outcome.stdout == "accepted=720 duplicates=0 conflicts=0 rejected=0\n"
        _export("moved", export_format, second)
        return first.read_bytes().decode(), second.read_bytes().decode()

    for row_format in ("proton_camel.json", "proton_old.csv", "proton.csv"):
        import_events(FIXTURES / row_format, "--format", "proton")
    return move


def _export(slug: str, export_format: str, path) -> None:
    arguments = ["--organization", slug, "--format", export_format, "--output", str(path)]
    call_command("export_events", *arguments, stderr=io.StringIO())


def test_it_moves_a_log_as_csv(moved):
    first, second = moved("csv", "native-csv")
    assert _without_sequence(first) == _without_sequence(second)


def _without_sequence(text: str) -> list[list[str]]:
    rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    assert rows[0][-1] == "Sequence"
    return [row[:-1] for row in rows]


def test_it_moves_a_log_as_json_lines(moved):
    first, second = moved("jsonl", "native")
    assert _without_seq(first) == _without_seq(second)


def _without_seq(text: str) -> list[dict]:
    return [json.loads(line) | {"seq": None} for line in text.split("\n")[:-1]]
