"""The drafting process changes the duration of an import, not its result, even if it dies."""

import io
import os
import pickle
import select
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings

from activity.drafts import EventDraft
from activity.importers import IMPORTERS, base
from activity.importers.files.lines import open_text
from activity.importers.files.opening import open_rows
from activity.importers.files.rows import CHUNK_ROWS, Parsed, Rejected
from activity.importers.files.times import TimeReader
from activity.importers.options import Options, Person
from activity.importers.runs.drafting import DraftingProcess
from tests import factories

pytestmark = pytest.mark.slow

PATIENCE = 60
PROTON_CSV = IMPORTERS["proton"].shapes[1]
HEADER = "Time,User Name,User Email,Event,IP\r\n"
# A row, a row in the hour that occurs twice when clocks go back, and two invalid rows.
ROWS = [
    '"Oct 20, 2025, 10:23 AM",Dana,dana@acme.example,Item Read,203.0.113.7\r\n',
    '"Oct 26, 2025, 2:30 AM",Dana,dana@acme.example,Item Read,2001:db8::1\r\n',
    '"Oct 26, 2025, 2:30 AM",Dana,dana@acme.example\r\n',
    "yesterday,Dana,dana@acme.example,Item Read,\r\n",
]
COUNT = CHUNK_ROWS * 5 // 2
CONTENT = (HEADER + "".join(ROWS[number % 4] for number in range(COUNT))).encode()
NATIVE = b'{"seq":%d,"occurred_at":"2025-11-22T10:23:13Z","event":"item.read"}\n'


def _options() -> Options:
    return Options(times=TimeReader(ZoneInfo("Europe/Zurich")))


def _rows():
    return PROTON_CSV.rows(open_text(io.BytesIO(CONTENT)))


def _drafting_process(options: Options, row_format: base.RowFormat = PROTON_CSV) -> DraftingProcess:
    return DraftingProcess(partial(base._drafted, row_format), options)


def _alone() -> tuple[list[Parsed | Rejected], int]:
    """The results of the file in one process, and the number of guessed times."""
    options = _options()
    rows = list(IMPORTERS["proton"]._parse_first(PROTON_CSV, _rows(), options))
    return rows, options.times.guessed


def _wait_until_ready(drafting: DraftingProcess) -> None:
    assert select.select([drafting._process.stdout], [], [], PATIENCE)[0]


def _no_work_here(*_args) -> None:
    raise AssertionError("The second process must do this.")


@pytest.fixture
def started(monkeypatch) -> list[subprocess.Popen]:
    """The processes that the import starts."""
    found = []

    class Watched(subprocess.Popen):
        def __init__(self, *args, **options) -> None:
            super().__init__(*args, **options)
            found.append(self)

    monkeypatch.setattr(subprocess, "Popen", Watched)
    return found


def test_it_makes_the_same_of_every_row():
    options = _options()
    with _drafting_process(options) as drafting:
        _wait_until_ready(drafting)
        drafting._drafted_here = lambda batch: _no_work_here() if batch else []
        rows = list(drafting.parsed(_rows()))
    assert (rows, options.times.guessed) == _alone()
    assert len(rows) == COUNT
    assert options.times.guessed == COUNT // 4


def test_it_knows_the_people_that_a_file_names():
    (row_format, _csv) = IMPORTERS["bitwarden"].shapes
    row = b'{"type":1107,"date":"2025-11-22T10:23:13Z","actingUserId":"u1"}\n'
    with _drafting_process(
        Options(people={"u1": Person("dana@acme.example", "Dana")}), row_format
    ) as drafting:
        _wait_until_ready(drafting)
        drafting._drafted_here = lambda batch: _no_work_here() if batch else []
        (parsed,) = drafting.parsed(row_format.rows(open_text(io.BytesIO(row))))
    assert (parsed.draft.email, parsed.draft.name) == ("dana@acme.example", "Dana")


def test_it_does_the_work_here_until_the_helper_is_ready(monkeypatch):
    options = _options()
    monkeypatch.setattr(DraftingProcess, "_has_started", lambda drafting: False)
    with _drafting_process(options) as drafting:
        rows = list(drafting.parsed(_rows()))
    assert (rows, options.times.guessed) == _alone()


@pytest.mark.parametrize("when", ["before", "with a batch in its hands"])
def test_it_goes_on_alone_when_the_helper_dies(when, caplog):
    options = _options()
    with _drafting_process(options) as drafting:
        _wait_until_ready(drafting)
        parsed = drafting.parsed(_rows())
        rows = [] if when == "before" else [next(parsed)]
        drafting._process.kill()
        drafting._process.wait()
        rows += parsed
    assert (rows, options.times.guessed) == _alone()
    assert "The second process of an import has died" in caplog.text


def test_it_goes_on_alone_when_no_process_can_be_started(monkeypatch, caplog):
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    options = _options()
    with _drafting_process(options) as drafting:
        rows = list(drafting.parsed(_rows()))
    assert (rows, options.times.guessed) == _alone()
    assert "Importing without a second process" in caplog.text


def test_it_asks_for_help_with_large_files_only(monkeypatch, started):
    monkeypatch.setattr(base, "MIN_ROWS_FOR_PROCESS", 100)

    def parse(count: int) -> int:
        content = b"".join(CONTENT.splitlines(keepends=True)[: count + 1])
        rows = IMPORTERS["proton"].parse(open_text(io.BytesIO(content)), _options())
        return len(list(rows))

    assert parse(100) == 100
    assert not started
    assert parse(101) == 101
    assert started


def test_it_asks_for_no_help_to_look_at_the_first_rows(started):
    """Not even if rows of the same time are held back until their order is known."""
    content = b"".join(NATIVE % number for number in range(base.MIN_ROWS_FOR_PROCESS + 1, 0, -1))
    file = open_rows(io.BytesIO(content), format_name="native")
    for _number in range(1000):
        next(file.rows)
    file.close()
    assert not started


def test_it_ends_when_no_more_rows_are_wanted(monkeypatch, started):
    monkeypatch.setattr(base, "MIN_ROWS_FOR_PROCESS", 10)
    file = open_rows(io.BytesIO(CONTENT), format_name="proton", zone=ZoneInfo("Europe/Zurich"))
    for _number in range(20):
        next(file.rows)
    (process,) = started
    assert process.returncode is None
    file.close()
    assert process.returncode == -signal.SIGKILL


def _children_of(pid: int) -> list[int]:
    return [
        int(child)
        for task in Path(f"/proc/{pid}/task").glob("*/children")
        for child in task.read_text().split()
    ]


def _is_running(pid: int) -> bool:
    try:
        return bool(Path(f"/proc/{pid}/cmdline").read_bytes())
    except OSError:
        return False


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs /proc to find children")
def test_it_ends_when_the_import_is_killed(tmp_path):
    script = (
        "import django, sys; django.setup()\n"
        "from activity.importers.files.opening import open_rows\n"
        "rows = open_rows(sys.stdin.buffer, format_name='native').rows\n"
        "print(sum(1 for row in rows))"
    )
    environment = os.environ | {"DATABASE_URL": f"sqlite:///{tmp_path}/none.sqlite3"}
    command = [sys.executable, "-c", script]
    pipe = subprocess.PIPE
    with subprocess.Popen(
        command, cwd=settings.BASE_DIR, env=environment, stdin=pipe, stdout=pipe
    ) as process:
        process.stdin.write(NATIVE % 1 * (base.MIN_ROWS_FOR_PROCESS + CHUNK_ROWS + 1))
        process.stdin.flush()
        deadline = time.monotonic() + PATIENCE
        while not (children := _children_of(process.pid)) and time.monotonic() < deadline:
            time.sleep(0.05)
        (child,) = children
        assert _is_running(child)
        process.kill()
    while _is_running(child):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_it_checks_no_draft_again_that_comes_from_another_process(monkeypatch):
    draft = factories.draft(
        email="dana@acme.example", name="Dana", ip="203.0.113.7", data={"a": [1, {"b": None}]}
    )
    carried = pickle.dumps(draft)
    monkeypatch.setattr(EventDraft, "__post_init__", _no_work_here)
    assert pickle.loads(carried) == draft


@pytest.mark.parametrize(
    "row_format", [row_format for importer in IMPORTERS for row_format in importer.shapes]
)
def test_it_can_be_told_every_format(row_format):
    assert pickle.loads(pickle.dumps(partial(base._drafted, row_format))).args == (row_format,)
