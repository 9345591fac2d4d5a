"""CSV over HTTP beside `psql \\copy` of the same SELECT, and stock import-export of a sample."""

import http.client
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.db import connection
from django.test import Client

from activity import exports
from activity.exports import Format
from benchmarks import postgres, stock, world
from benchmarks.capture import copy_statement, sqlite_select
from benchmarks.options import Options
from benchmarks.parts import log
from benchmarks.processes import memory_of
from benchmarks.questions import Parameters
from benchmarks.timing import wall

READ = 1 << 16


@dataclass(frozen=True, slots=True)
class Download:
    rows: int
    bytes: int
    seconds: float
    first_byte_seconds: float
    memory_growth: int


def run(options: Options, size: int) -> dict[str, Any]:
    parameters = log.newest_days(options.export_rows)
    with _server() as (port, pid):
        cookie = _cookie()
        _download(port, pid, cookie, log.newest_days(1))  # imports what a first request imports
        downloads, others = [], []
        for turn in ("A", "B", "B", "A"):
            if turn == "A":
                downloads.append(_download(port, pid, cookie, parameters))
            else:
                others.append(_baseline(parameters) / 1000)
    rows = downloads[0].rows
    rates = [download.rows / download.seconds for download in downloads]
    baseline = [rows / seconds for seconds in others if seconds]
    return {
        "rows": rows,
        "downloads": [asdict(download) for download in downloads],
        "baseline_seconds": others,
        "rate": median(rates),
        "baseline_rate": median(baseline) if baseline else None,
        "stream_rate": rows / (wall(lambda: _drain(parameters)) / 1000),
        "stock_rate": _stock_rate(options.sample_rows),
        "stock_rows": options.sample_rows,
    }


@contextmanager
def _server() -> Iterator[tuple[int, int]]:
    """gunicorn as the site configures it, with one worker, on loopback; its port and process."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", "--workers", "1"]
    command += ["--log-level", "warning"]
    process = subprocess.Popen(command)
    try:
        _wait_for(port)
        yield port, process.pid
    finally:
        process.terminate()
        process.wait()


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + 30
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
        else:
            return


def _cookie() -> str:
    client = Client()
    client.force_login(log.administrator())
    name = settings.SESSION_COOKIE_NAME
    return f"{name}={client.cookies[name].value}"


def _download(port: int, pid: int, cookie: str, parameters: Parameters) -> Download:
    address = "/admin/activity/event/export/?" + urlencode(
        parameters | {"organization": world.LARGEST}
    )
    link = http.client.HTTPConnection("127.0.0.1", port)
    with memory_of(pid) as memory:
        started = time.perf_counter()
        link.request("GET", address, headers={"Cookie": cookie})
        response = link.getresponse()
        if response.status != 200:
            raise RuntimeError(f"{address} answers {response.status}: {response.read(500)!r}")
        piece = response.read1(READ)
        first_byte = time.perf_counter() - started
        lines, size = 0, 0
        while piece:
            lines += piece.count(b"\n")
            size += len(piece)
            piece = response.read1(READ)
        seconds = time.perf_counter() - started
    link.close()
    return Download(lines - 1, size, seconds, first_byte, memory.growth)


def _baseline(parameters: Parameters) -> float:
    """Milliseconds that the database's own shell takes; 0 when it is not installed."""
    query = log.ask(parameters)
    if connection.vendor == "postgresql":
        statement = copy_statement(query)
        return wall(lambda: postgres.psql(os.environ["DATABASE_URL"], statement + ";"))
    if not shutil.which("sqlite3"):
        return 0
    command = [
        "sqlite3",
        "-csv",
        str(settings.DATABASES["default"]["NAME"]),
        sqlite_select(query),
    ]
    return wall(lambda: subprocess.run(command, stdout=subprocess.DEVNULL, check=True))


def _drain(parameters: Parameters) -> None:
    for _piece in exports.stream(log.ask(parameters), Format.CSV):
        pass


def _stock_rate(rows: int) -> float:
    events = log.ask({}).events.order_by("-occurred_at", "-seq")[:rows]
    number = min(rows, log.head().size)
    return number / (wall(lambda: stock.export(events)) / 1000)
