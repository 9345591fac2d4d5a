"""A real worker is stopped or killed during an import, and another one continues."""

import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing

import pytest
from django.db import connection

from tests import processes

pytestmark = pytest.mark.slow

ROWS = 30_000
PATIENCE = 60
SET_UP = f"""
from django.core.management import call_command
call_command("migrate", verbosity=0)
from tests.factories import ImportJobFactory
line = '{{"occurred_at":"2025-11-22T10:23:13Z","event":"item.read","item_id":"i_%d"}}\\n'
content = "".join(line % (number // 2) for number in range({ROWS})) + "broken\\n"
ImportJobFactory(content=content.encode()).start()
"""
EXPIRE = """
from activity.uploads.models import ImportJob
from django.utils import timezone
ImportJob.objects.filter(status="running").update(claimed_until=timezone.now())
"""
TELL = """
import json
from activity.models import Event
from activity.uploads.models import ImportJob
job = ImportJob.objects.get()
print(json.dumps([job.status, job.accepted, job.duplicates, job.rejected, Event.objects.count()]))
"""


def accepted(folder) -> int:
    """The number of events that the import has stored so far."""
    question = "SELECT accepted FROM uploads_importjob"
    if connection.vendor == "sqlite":
        with closing(sqlite3.connect(folder / "processes.sqlite3")) as database:
            return database.execute(question).fetchone()[0]
    with connection.cursor() as cursor:
        cursor.execute(question)
        return cursor.fetchone()[0]


@pytest.mark.django_db(transaction=True)  # it deletes what the processes stored
@pytest.mark.parametrize(
    ("number", "left_as"), [(signal.SIGKILL, "running"), (signal.SIGTERM, "queued")]
)
def test_it_stores_each_event_once_whatever_ends_the_worker(tmp_path, number, left_as):
    variables = processes.environment(tmp_path)
    processes.execute(variables, SET_UP)
    worker = [sys.executable, "manage.py", "run_worker"]
    with subprocess.Popen(worker, cwd=processes.ROOT, env=variables) as process:
        deadline = time.monotonic() + PATIENCE
        while not accepted(tmp_path) and time.monotonic() < deadline:
            time.sleep(0.01)
        process.send_signal(number)
    status, stored, *_, events = processes.execute(variables, TELL)
    assert status == left_as
    assert 0 < stored == events < ROWS

    processes.execute(variables, EXPIRE)
    subprocess.run([*worker, "--once"], cwd=processes.ROOT, env=variables, check=True)
    assert processes.execute(variables, TELL) == ["done", ROWS, 0, 1, ROWS]
