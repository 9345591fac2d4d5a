"""CSV over HTTP, compared with `psql \\copy` of the same SELECT and with stock import-export."""

import http.client
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import partial
from statistics import median
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.db import connection
from django.test import Client

from activity import exports
from activity.exports import Format
from benchmarks import dataset, postgres
from benchmarks.capture import copy_statement, sqlite_select
from benchmarks.options import Options
from benchmarks.parts import log
from benchmarks.processes import memory_of
from benchmarks.queries import Parameters
from benchmarks.timing import wall
from organizations.models import User

READ = 1 << 16
OURS = "/admin/activity/event/export/"
STOCK = "/stock/activity/event/export/"
STOCK_SECONDS = 400
WHOSE = {"organization": dataset.LARGEST}


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
        ours = partial(_download, port, pid, _cookie(log.administrator()), OURS)
        ours(log.newest_days(1) | WHOSE)  # imports what a first request imports
        first = ours(parameters | WHOSE)
        downloads, others = [], []
        for turn in ("A", "B", "B", "A"):
            if turn == "A":
                downloads.append(ours(parameters | WHOSE))
            else:
                others.append(_baseline(parameters) / 1000)
    with _server() as (port, pid):  # its memory is its own
        stock = partial(_download, port, pid, _cookie(log.superuser()), STOCK)
        stock(_as_stock(log.newest_days(1)))
        by_stock = _in_time(lambda: stock(_as_stock(parameters)), downloads[0].rows)
    rows = downloads[0].rows
    if by_stock.rows != rows:
        raise RuntimeError(f"Stock import-export has {by_stock.rows:,} rows, not {rows:,}.")
    rates = [download.rows / download.seconds for download in downloads]
    baseline = [rows / seconds for seconds in others if seconds]
    return {
        "rows": rows,
        "first_touch": asdict(first),
        "downloads": [asdict(download) for download in downloads],
        "baseline_seconds": others,
        "rate": median(rates),
        "baseline_rate": median(baseline) if baseline else None,
        "stream_rate": rows / (wall(lambda: _drain(parameters)) / 1000),
        "stock": asdict(by_stock),
        "stock_rate": rows / by_stock.seconds,
    }


@contextmanager
def _server() -> Iterator[tuple[int, int]]:
    """gunicorn as the site configures it, with one worker on loopback. Yields port and PID."""
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


def _cookie(user: User) -> str:
    client = Client()
    client.force_login(user)
    name = settings.SESSION_COOKIE_NAME
    return f"{name}={client.cookies[name].value}"


def _as_stock(parameters: Parameters) -> Parameters:
    since = log.ask(parameters).filterset.cleaned["since"]
    return {"occurred_at__gte": since.isoformat()} if since else {}


def _in_time(download: Callable[[], Download], rows: int) -> Download:
    """Run `download`. On a timeout, count all `rows` as done: the true rate is lower."""
    try:
        return download()
    except TimeoutError:
        return Download(rows, 0, STOCK_SECONDS, STOCK_SECONDS, 0)


def _download(port: int, pid: int, cookie: str, path: str, parameters: Parameters) -> Download:
    address = f"{path}?{urlencode(parameters)}"
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=STOCK_SECONDS)
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
    """Milliseconds of the database's own shell, or 0 when it is not installed."""
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
