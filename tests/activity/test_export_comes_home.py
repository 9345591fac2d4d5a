"""The import of an export into the same log adds no events."""

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
