"""An import that is killed can be repeated."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing

import pytest
from django.conf import settings

from activity.importers.files.rows import CHUNK_ROWS

pytestmark = pytest.mark.slow

LINE = '{"occurred_at":"2025-11-22T10:23:13Z","event":"item.read","item_id":"i_%d"}\n'
PATIENCE = 60


@pytest.fixture
def manage(tmp_path):
    """Starts `manage.py` on a separate database, which contains the organization `acme`."""
    environment = os.environ | {"DATABASE_URL": f"sqlite:///{tmp_path}/killed.sqlite3"}

    def start(*arguments: str) -> subprocess.Popen:
        return subprocess.Popen(
            [sys.executable, "manage.py", *arguments],
            cwd=settings.BASE_DIR,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    create = "from organizations.models import *; Organization.objects.create(slug='acme')"
    for arguments in (["migrate", "-v0"], ["shell", "-v0", "-c", create]):
        with start(*arguments) as process:
            process.communicate()
        assert process.returncode == 0
    return start


def _count(folder) -> int:
    with closing(sqlite3.connect(folder / "killed.sqlite3")) as database:
        return database.execute("SELECT COUNT(*) FROM activity_event").fetchone()[0]


def test_it_stores_each_event_once_after_a_kill_half_way(manage, tmp_path):
    arguments = ["import_events", "-", "--organization", "acme", "--format", "native"]
    lines = [LINE % (number // 2) for number in range(CHUNK_ROWS * 5 // 2)]
    stored = CHUNK_ROWS * 2
    with manage(*arguments) as process:
        process.stdin.write("".join(lines))
        process.stdin.flush()
        deadline = time.monotonic() + PATIENCE
        while _count(tmp_path) < stored and time.monotonic() < deadline:
            time.sleep(0.05)
        process.send_signal(signal.SIGKILL)
    assert process.returncode == -signal.SIGKILL
    assert _count(tmp_path) == stored

    with manage(*arguments) as process:
        stdout, _stderr = process.communicate("".join(lines))
    assert stdout == f"accepted={len(lines) - stored} duplicates={stored} conflicts=0 rejected=0\n"
    assert _count(tmp_path) == len(lines)
