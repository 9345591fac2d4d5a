"""SQL time of pages while an import runs, compared with the same pages on an idle database."""

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import cycle
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks import empty_logs, native_rows, queries
from benchmarks.options import Options
from benchmarks.parts import log
from benchmarks.timing import sql_clock

NAMES = ("none", "7 days", "heaviest user", "2 % type", "IP exact", "fragment of 700 actors")
SECONDS = 6


def run(options: Options, size: int) -> dict[str, Any]:
    idle, busy = [], []
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "rows.jsonl")
        native_rows.write(file, options.imported_rows(size))
        _measure(SECONDS / 3)  # the first touch
        for turn, is_busy in enumerate((False, True, True, False)):
            if is_busy:
                with _importing(file, f"busy-{turn}"):
                    time.sleep(2)  # until the command has begun to write
                    busy += _measure(SECONDS)
            else:
                idle += _measure(SECONDS)
    return {
        "idle_median": median(idle),
        "busy_median": median(busy),
        "idle_n": len(idle),
        "busy_n": len(busy),
        "busy_worst": max(busy),
    }


def _measure(seconds: float) -> list[float]:
    """SQL milliseconds of first, middle and last pages in turn."""
    filters = queries.singles(log.span()[1])
    pages = cycle([log.at(place, filters[name]) for name in NAMES for place in log.POSITIONS])
    deadline = time.monotonic() + seconds
    found = []
    while time.monotonic() < deadline:
        with sql_clock() as clock:
            log.ask(next(pages)).page()
        found.append(clock.milliseconds)
    return found


@contextmanager
def _importing(file: Path, name: str) -> Iterator[None]:
    """Run an import in the background; terminate it when the block ends."""
    slug = empty_logs.make(name).slug
    command = ["import_events", str(file), "--organization", slug, "--format", "native"]
    process = subprocess.Popen(
        [sys.executable, "manage.py", *command],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield
    finally:
        process.terminate()
        process.wait()
