"""`record()` in batches of 500: one writer, then four writers on four organizations."""

import json
import os
import subprocess
import sys
from statistics import median
from typing import IO, Any

from benchmarks import empty_logs
from benchmarks.options import Options
from benchmarks.writer import BATCH

MANY = 4


def run(options: Options, size: int) -> dict[str, Any]:
    rates: dict[int, list[float]] = {1: [], MANY: []}
    whole = []
    for turn, writers in enumerate((1, MANY, MANY, 1)):
        rate, is_whole = _rate(turn, writers, options.record_batches)
        rates[writers].append(rate)
        whole.append(is_whole)
    return {
        "rows_per_writer": options.record_batches * BATCH,
        "cores": os.cpu_count(),
        "one_writer": rates[1],
        "four_writers": rates[MANY],
        "one_writer_rate": median(rates[1]),
        "four_writers_rate": median(rates[MANY]),
        "gapless": all(whole),
    }


def _rate(turn: int, writers: int, batches: int) -> tuple[float, bool]:
    """Rows per second of all writers together, and whether the logs are complete."""
    organizations = [empty_logs.make(f"writer-{turn}-{number}") for number in range(writers)]
    processes = [
        subprocess.Popen(
            [sys.executable, "-m", "benchmarks.writer", organization.slug, str(batches), str(turn)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for organization in organizations
    ]
    for process in processes:
        _pipe(process.stdout).readline()  # it is ready
    for process in processes:
        _pipe(process.stdin).write("go\n")
        _pipe(process.stdin).flush()
    results = [json.loads(process.communicate()[0]) for process in processes]
    seconds = max(r["ended"] for r in results) - min(r["started"] for r in results)
    rows = batches * BATCH
    is_whole = all(empty_logs.is_gapless(organization, rows) for organization in organizations)
    return sum(r["accepted"] for r in results) / seconds, is_whole


def _pipe(pipe: IO[str] | None) -> IO[str]:
    if pipe is None:
        raise ValueError("The process has no pipe.")
    return pipe
