"""Pages, counts and CSV of a copy of the same log on SQLite."""

import os
import sqlite3
import tempfile
from pathlib import Path
from typing import Any

from benchmarks import generate_sqlite
from benchmarks.options import Options
from benchmarks.run_part import run_part

PARTS = ("pages", "counts", "responses", "export")


def run(options: Options, size: int) -> dict[str, Any]:
    if size > options.sqlite_events:
        return {"skipped": f"measured up to {options.sqlite_events:,} events"}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "bench.sqlite3")
        url = generate_sqlite.generate(os.environ["DATABASE_URL"], path, options.seconds)
        results = {
            name: run_part(name, size, {"DATABASE_URL": url}, options.seconds / 6) for name in PARTS
        }
        return {"version": sqlite3.sqlite_version, "bytes": path.stat().st_size, **results}
