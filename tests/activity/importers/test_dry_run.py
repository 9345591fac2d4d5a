"""A dry run reports what an import would do, and only reads."""

import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from activity.importers.runs.recorders import DryRunRecorder, LogRecorder
from activity.models import Actor, Event, LogDay, LogHead
from activity.recording import record
from activity.recording.identity import event_ids
from tests import factories

pytestmark = pytest.mark.django_db
WRITES = ("INSERT", "UPDATE", "DELETE", "FOR UPDATE", "BEGIN", "SAVEPOINT", "COPY", "SET ")


def _batches(acme):
    """Batches with new, stored, repeated, equal and conflicting drafts, with and without ids."""
    stored = [factories.draft(source_id=name, item_id="i") for name in "ab"]
    twins = [factories.draft(item_id="twin")] * 3
    record(acme, [*stored, *twins[:2], factories.draft(item_id="own", data={"a": 1})])
    own = Event.objects.get(organization=acme, item_id="own")
    changed = factories.draft(source_id="b", item_id="other")
    new = [factories.draft(source_id=name, email="new@acme.example", name="New") for name in "cd"]
    new_changed = factories.draft(source_id="c", item_id="other")
    exported = {"source_id": str(own.pk), "item_id": "own"}
    (unstored_id,) = event_ids(acme, [factories.draft(item_id="later")], {})
    later = factories.draft(item_id="later", source_id=str(unstored_id))
    return [
        [*stored, changed, *new, new_changed, new[0], twins[0]],
        [changed, new[1], new_changed, *twins[1:], factories.draft(item_id="later")],
        [factories.draft(**exported, data={"a": 1}), factories.draft(**exported, data={"a": True})],
        [later, factories.draft(source_id=later.source_id, item_id="changed"), *new],
    ]


def test_it_returns_the_receipts_of_a_real_import(acme):
    batches = _batches(acme)
    dry_run, importing = DryRunRecorder(acme), LogRecorder(acme)
    expected = [dry_run(drafts, lambda: None) for drafts in batches]
    assert expected == [importing(drafts, lambda: None) for drafts in batches]
    assert sum(receipt.accepted for receipt in expected) == 4
    assert sum(receipt.duplicates for receipt in expected) == 10
    assert sum(len(receipt.conflicts) for receipt in expected) == 6


def test_it_returns_the_receipts_of_an_import_into_an_empty_log(acme):
    drafts = [factories.draft(source_id="a"), factories.draft(), factories.draft()]
    assert DryRunRecorder(acme)(drafts, lambda: None) == LogRecorder(acme)(drafts, lambda: None)


def test_it_sends_statements_that_only_read(acme):
    batches = _batches(acme)
    before = [list(model.objects.values()) for model in (Event, Actor, LogDay, LogHead)]
    recorder = DryRunRecorder(acme)
    with CaptureQueriesContext(connection) as queries:
        for drafts in batches:
            recorder(drafts, lambda: None)
        recorder.finish()
    statements = [query["sql"] for query in queries]
    assert statements
    assert all(sql.startswith("SELECT") for sql in statements)
    assert not [sql for sql in statements for word in WRITES if word in sql]
    assert before == [list(model.objects.values()) for model in (Event, Actor, LogDay, LogHead)]


LOCKED = """
import io, os, sqlite3, django
django.setup()
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.db import connections
from activity.uploads.models import ImportJob
from activity.uploads.preview import preview_of
from organizations.models import Organization
call_command("migrate", verbosity=0)
acme = Organization.objects.create(slug="acme")
row = b'{"occurred_at":"2025-11-22T10:23:13Z","event":"item.read"}'
job = ImportJob(organization=acme, format="native", time_zone="UTC", name="rows", size=len(row))
job.file.save("rows", ContentFile(row))
job.save()
connections.close_all()
writer = sqlite3.connect(os.environ["LOCKED_FILE"], isolation_level=None)
writer.execute("BEGIN IMMEDIATE")
with connections["default"].cursor() as cursor:
    cursor.execute("PRAGMA busy_timeout = 0")
print(preview_of(job).tally)
"""


@pytest.mark.slow
def test_it_previews_a_file_while_another_connection_writes_to_sqlite(tmp_path):
    file = tmp_path / "locked.sqlite3"
    environment = os.environ | {
        "DATABASE_URL": f"sqlite:///{file}",
        "LOCKED_FILE": str(file),
        "UPLOADS_DIR": str(tmp_path),
    }
    command = [sys.executable, "-c", LOCKED]
    run = subprocess.run(
        command, cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True, check=False
    )
    expected = "accepted=1 duplicates=0 conflicts=0 rejected=0"
    assert (run.stdout.strip(), run.stderr) == (expected, "")
