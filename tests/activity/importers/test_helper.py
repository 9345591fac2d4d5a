"""A helper changes nothing but the time that an import takes, whatever becomes of it."""

import io
import multiprocessing
import os
import pickle
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings

from activity.importers import IMPORTERS, base
from activity.importers.helper import BATCH_ROWS, Helper
from activity.importers.lines import open_text
from activity.importers.options import Options
from activity.importers.rows import Parsed, Rejected
from activity.importers.times import TimeReader
from tests import factories

PATIENCE = 60
HEADER = "Time,User Name,User Email,Event,IP\r\n"
# A row, one whose time comes twice on the night the clocks go back, and two that are refused.
ROWS = [
    '"Oct 20, 2025, 10:23 AM",Dana,dana@acme.example,Item Read,203.0.113.7\r\n',
    '"Oct 26, 2025, 2:30 AM",Dana,dana@acme.example,Item Read,2001:db8::1\r\n',
    '"Oct 26, 2025, 2:30 AM",Dana,dana@acme.example\r\n',
    "yesterday,Dana,dana@acme.example,Item Read,\r\n",
]
COUNT = BATCH_ROWS * 5 // 2
CONTENT = (HEADER + "".join(ROWS[number % 4] for number in range(COUNT))).encode()


def _options() -> Options:
    return Options(times=TimeReader(ZoneInfo("Europe/Zurich")))


def _rows():
    return IMPORTERS["proton"].shapes[1].rows(open_text(io.BytesIO(CONTENT)))


def _helper(options: Options) -> Helper:
    return Helper(partial(base._made, IMPORTERS["proton"].shapes[1]), options)


def _alone() -> tuple[list[Parsed | Rejected], int]:
    """What comes of the file in one process, and how many times were guessed."""
    options = _options()
    rows = list(IMPORTERS["proton"]._parse_first(IMPORTERS["proton"].shapes[1], _rows(), options))
    return rows, options.times.guessed


def _wait_until_ready(helping: Helper) -> None:
    assert helping._connection.poll(PATIENCE)


def _no_work_here(*_args) -> None:
    raise AssertionError("This was the helper's work.")


def test_it_makes_the_same_of_every_row():
    options = _options()
    with _helper(options) as helping:
        _wait_until_ready(helping)
        helping._make = _no_work_here
        rows = list(helping.parsed(_rows()))
    assert (rows, options.times.guessed) == _alone()
    assert len(rows) == COUNT
    assert options.times.guessed == COUNT // 4
    assert not multiprocessing.active_children()


def test_it_does_the_work_here_until_the_helper_is_ready(monkeypatch):
    options = _options()
    with _helper(options) as helping:
        monkeypatch.setattr(helping._connection, "poll", lambda: False)
        rows = list(helping.parsed(_rows()))
    assert (rows, options.times.guessed) == _alone()


@pytest.mark.parametrize("when", ["before", "with a batch in its hands"])
def test_it_goes_on_alone_when_the_helper_dies(when):
    options = _options()
    with _helper(options) as helping:
        _wait_until_ready(helping)
        parsed = helping.parsed(_rows())
        rows = [] if when == "before" else [next(parsed)]
        os.kill(helping._process.pid, signal.SIGKILL)
        helping._process.join()
        rows += parsed
    assert (rows, options.times.guessed) == _alone()


def test_it_goes_on_alone_when_no_process_can_be_started(monkeypatch):
    def start(_process) -> None:
        raise BlockingIOError

    monkeypatch.setattr(multiprocessing.process.BaseProcess, "start", start)
    options = _options()
    with _helper(options) as helping:
        rows = list(helping.parsed(_rows()))
    assert (rows, options.times.guessed) == _alone()


def test_it_asks_for_help_with_large_files_only(monkeypatch):
    started = []
    monkeypatch.setattr(base, "ROWS_WITHOUT_HELP", 100)
    monkeypatch.setattr(Helper, "__init__", lambda *_args: started.append(1))
    monkeypatch.setattr(Helper, "__enter__", lambda helping: helping)
    monkeypatch.setattr(Helper, "__exit__", lambda *_args: None)
    monkeypatch.setattr(Helper, "parsed", lambda _helping, rows: rows)

    def parse(count: int) -> int:
        stream = open_text(io.BytesIO(b"".join(CONTENT.splitlines(keepends=True)[: count + 1])))
        return len(
            list(IMPORTERS["proton"]._parse(IMPORTERS["proton"].shapes[1], stream, _options()))
        )

    assert parse(100) == 100
    assert not started
    assert parse(101) == 101
    assert started


def test_it_ends_with_its_consumer(monkeypatch):
    monkeypatch.setattr(base, "ROWS_WITHOUT_HELP", 10)
    rows = IMPORTERS["proton"].parse(open_text(io.BytesIO(CONTENT)), _options())
    for _number in range(20):
        next(rows)
    assert multiprocessing.active_children()
    rows.close()
    assert not multiprocessing.active_children()


def _children_of(pid: int) -> list[int]:
    return [
        int(child)
        for task in Path(f"/proc/{pid}/task").glob("*/children")
        for child in task.read_text().split()
    ]


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs /proc to find children")
def test_it_ends_when_the_import_is_killed(tmp_path):
    script = (
        "import django, sys; django.setup()\n"
        "from activity.importers.opening import open_rows\n"
        "rows = open_rows(sys.stdin.buffer, format_name='native').rows\n"
        "print(sum(1 for row in rows))"
    )
    environment = os.environ | {"DATABASE_URL": f"sqlite:///{tmp_path}/none.sqlite3"}
    command = [sys.executable, "-c", script]
    pipe = subprocess.PIPE
    with subprocess.Popen(
        command, cwd=settings.BASE_DIR, env=environment, stdin=pipe, stdout=pipe
    ) as process:
        line = b'{"occurred_at":"2025-11-22T10:23:13Z","event":"item.read"}\n'
        process.stdin.write(line * (base.ROWS_WITHOUT_HELP + BATCH_ROWS + 1))
        process.stdin.flush()
        deadline = time.monotonic() + PATIENCE
        while not (children := _children_of(process.pid)) and time.monotonic() < deadline:
            time.sleep(0.05)
        assert children
        process.kill()
    while any(Path(f"/proc/{child}").exists() for child in children):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_it_carries_drafts_whole_from_process_to_process():
    draft = factories.draft(
        email="dana@acme.example", name="Dana", ip="203.0.113.7", data={"a": [1, {"b": None}]}
    )
    assert pickle.loads(pickle.dumps(draft)) == draft
