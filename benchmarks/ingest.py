"""The throughput of POST /api/v1/events, as a ratio to `record()` alone.

`python -m benchmarks.ingest`: both store batches of 500 in one organization, in the same databases
and in alternating order. gunicorn has two workers and two clients, on loopback.
BENCH_INGEST_BATCHES (40) bounds each turn.
"""

import http.client
import json
import os
import secrets
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from socket import create_server
from statistics import median

from benchmarks import postgres
from benchmarks.options import Options
from benchmarks.processes import manage

BATCH = 500
CLIENTS = WORKERS = 2
TURNS = ("record", "http", "http", "record")
START_SECONDS = 30
LIMIT_SECONDS = 300


def main() -> None:
    os.environ.update(
        DJANGO_SETTINGS_MODULE="benchmarks.settings",
        SECRET_KEY=secrets.token_urlsafe(50),
        DEBUG="false",
        HTTPS="false",
        ALLOWED_HOSTS="127.0.0.1",
        LOG_LEVEL="ERROR",
        API_RATE_PER_MINUTE="1000000",
    )
    if "--measure" in sys.argv:
        print(json.dumps(_measure(int(os.environ.get("BENCH_INGEST_BATCHES", "40")))))
        return
    with tempfile.TemporaryDirectory() as folder:
        _report("SQLite", f"sqlite:///{folder}/ingest.sqlite3")
    with postgres.database(Options().server, "passaudit_bench_ingest", keep=False) as url:
        _report("PostgreSQL", url)


def _report(name: str, url: str) -> None:
    """Measure in a process of its own, which knows one database only."""
    environment = {**os.environ, "DATABASE_URL": url}
    manage(["migrate", "--verbosity", "0"], LIMIT_SECONDS, environment=environment)
    command = [sys.executable, "-m", "benchmarks.ingest", "--measure"]
    finished = subprocess.run(
        command, env=environment, stdout=subprocess.PIPE, check=True, timeout=LIMIT_SECONDS
    )
    rates = json.loads(finished.stdout)
    alone, through = median(rates["record"]), median(rates["http"])
    print(
        f"{name}: record() {alone:,.0f} events/s, POST {through:,.0f} events/s, "
        f"ratio {through / alone:.2f} (at least 0.5 asked); every turn: {rates}"
    )


def _measure(batches: int) -> dict[str, list[float]]:
    import django  # noqa: PLC0415 - the environment must be there first

    django.setup()
    rates: dict[str, list[float]] = {"record": [], "http": []}
    with _server() as port:
        for turn, way in enumerate(TURNS):
            rate = _record(turn, batches) if way == "record" else _post(turn, batches, port)
            rates[way].append(round(rate))
    return rates


def _record(turn: int, batches: int) -> float:
    from activity.recording import record  # noqa: PLC0415
    from benchmarks import empty_logs, native_rows  # noqa: PLC0415

    organization = empty_logs.make(f"ingest-{turn}")
    drafts = native_rows.batches(batches, BATCH, turn)
    started = time.perf_counter()
    for batch in drafts:
        record(organization, batch)
    return batches * BATCH / (time.perf_counter() - started)


def _post(turn: int, batches: int, port: int) -> float:
    from activity.api.models import ApiKey, Scope  # noqa: PLC0415
    from benchmarks import empty_logs, native_rows  # noqa: PLC0415

    organization = empty_logs.make(f"ingest-{turn}")
    key = ApiKey(organization=organization, name="benchmark", scopes=[Scope.WRITE])
    key.issue()
    bodies = [_body(batch) for batch in native_rows.batches(batches, BATCH, turn)]
    clients = [
        threading.Thread(target=_send, args=(port, key.token, bodies[number::CLIENTS]))
        for number in range(CLIENTS)
    ]
    started = time.perf_counter()
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    seconds = time.perf_counter() - started
    if not empty_logs.is_gapless(organization, batches * BATCH):
        raise SystemExit("Not everything that was sent is stored.")
    return batches * BATCH / seconds


def _body(batch: list) -> bytes:
    """The drafts as native JSON lines."""
    return b"".join(
        json.dumps(
            {
                "id": draft.source_id,
                "occurred_at": draft.occurred_at.isoformat(),
                "event": draft.event_type,
                "user": {"email": draft.email, "name": draft.name},
                "ip": draft.ip,
                "vault_id": draft.vault_id,
                "item_id": draft.item_id,
                "client": draft.client,
                "data": draft.data,
            }
        ).encode()
        + b"\n"
        for draft in batch
    )


def _send(port: int, token: str, bodies: list[bytes]) -> None:
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/x-ndjson"}
    for body in bodies:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        connection.request("POST", "/api/v1/events", body, headers)
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        if answer.status != http.HTTPStatus.OK:
            raise SystemExit(content.decode())


@contextmanager
def _server() -> Iterator[int]:
    """gunicorn with its two workers; yields its port once both have answered."""
    with create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [
        str(Path(sys.executable).with_name("gunicorn")), "passaudit.wsgi",
        "--bind", f"127.0.0.1:{port}", "--workers", str(WORKERS), "--log-level", "error",
    ]  # fmt: skip
    with subprocess.Popen(command) as server:
        try:
            _wait(port)
            yield port
        finally:
            server.terminate()


def _wait(port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        try:
            for _ in range(2 * WORKERS):
                connection = http.client.HTTPConnection("127.0.0.1", port, timeout=START_SECONDS)
                connection.request("GET", "/api/v1/openapi.json")
                connection.getresponse().read()
                connection.close()
        except ConnectionRefusedError:
            time.sleep(0.2)
        else:
            return
    raise SystemExit("gunicorn does not start.")


if __name__ == "__main__":
    main()
