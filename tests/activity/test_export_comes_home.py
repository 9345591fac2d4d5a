"""The import of an export into the same log adds no events."""

import csv
import io
from datetime import datetime

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from activity.models import Event
from activity.recording import record
from tests import factories


@pytest.mark.django_db
def test_it_knows_its_own_export_again(acme, tmp_path, capsys):
    path = tmp_path / "acme.jsonl"
    record(
        acme,
        [
            factories.draft(source_id="one"),
            factories.draft(source="proton"),
            factories.draft(source="proton"),
            factories.draft(source="onepassword", source_id="two", data={"kept": [1]}),
            factories.draft(source_id="01a01ef0-04f9-4fe0-acdb-f82d1c45ef76", ip=None),
        ],
    )
    call_command("export_events", organization="acme", format="jsonl", output=str(path))
    call_command("import_events", str(path), organization="acme")
    assert "accepted=0 duplicates=5 conflicts=0 rejected=0" in capsys.readouterr().out
    assert Event.objects.filter(organization=acme).count() == 5


@pytest.mark.django_db
def test_it_reports_an_export_that_was_altered(acme, tmp_path, capsys):
    path = tmp_path / "acme.jsonl"
    factories.event(acme, source="proton", ip="203.0.113.7")
    call_command("export_events", organization="acme", format="jsonl", output=str(path))
    path.write_text(path.read_text().replace("203.0.113.7", "203.0.113.8"))
    with pytest.raises(CommandError):
        call_command("import_events", str(path), organization="acme")
    assert "accepted=0 duplicates=0 conflicts=1 rejected=0" in capsys.readouterr().out


def _log_with_everything(acme):
    """Events of all sources, some with equal content, in batches, as in a log of real life."""
    same = {"item_id": "i_1"}
    batches = [
        [factories.draft(source_id="one", **same), factories.draft(source_id="two", **same)],
        [factories.draft(source="proton", data={"eventTypeName": "Item Read"}, **same)] * 3,
        [factories.draft(**same), factories.draft(name="=1+1, Dana", client="Firefox")],
        [factories.draft(email="", name="", ip=None), factories.draft(event_type="VaultArchived")],
        [factories.draft(source="bitwarden", email="u_1", name="", data={"type": 1107})],
    ]
    for batch in batches:
        record(acme, batch)


@pytest.mark.django_db
@pytest.mark.parametrize("order", ["newest", "oldest"])
@pytest.mark.parametrize("selection", ["", "&event=item.read&user=dana@acme.example"])
def test_it_adds_nothing_of_its_own_csv(acme, tmp_path, capsys, order, selection):
    _log_with_everything(acme)
    size = Event.objects.filter(organization=acme).count()
    path = tmp_path / "acme.csv"
    options = {"organization": "acme", "format": "csv", "output": str(path)}
    call_command("export_events", filter=f"order={order}{selection}", **options)
    rows = len(path.read_text().splitlines()) - 1
    assert 0 < rows <= size == 10
    for _time in range(2):
        call_command("import_events", str(path), "--dry-run", organization="acme")
        call_command("import_events", str(path), organization="acme")
        expected = f"accepted=0 duplicates={rows} conflicts=0 rejected=0\n"
        assert capsys.readouterr().out == expected * 2
    assert Event.objects.filter(organization=acme).count() == size


@pytest.mark.django_db
def test_it_moves_a_csv_into_a_log_that_has_other_events_under_its_numbers(acme, birch, tmp_path):
    _log_with_everything(acme)
    record(birch, [factories.draft(item_id=str(n)) for n in range(20)])
    path = tmp_path / "acme.csv"
    call_command("export_events", organization="acme", format="csv", output=str(path))
    for expected in (30, 30):
        call_command("import_events", str(path), organization="birch")
        assert Event.objects.filter(organization=birch).count() == expected


@pytest.mark.django_db
def test_it_adds_nothing_of_its_own_csv_that_a_spreadsheet_has_saved_again(acme, tmp_path, capsys):
    _log_with_everything(acme)
    path = tmp_path / "acme.csv"
    call_command("export_events", organization="acme", format="csv", output=str(path))
    header, *rows = csv.reader(io.StringIO(path.read_text()))
    for row in rows:
        row[0] = datetime.fromisoformat(row[0]).strftime("%d.%m.%Y %H:%M")
    with path.open("w", encoding="utf-16", newline="") as file:
        csv.writer(file, delimiter=";").writerows([header, *rows])
    call_command("import_events", str(path), organization="acme")
    assert capsys.readouterr().out == "accepted=0 duplicates=10 conflicts=0 rejected=0\n"
