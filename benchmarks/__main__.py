"""`python -m benchmarks`, which is `make bench`: generate, measure, report, clean up."""

import json
import os
import platform
import secrets
import sys
import time
from contextlib import ExitStack
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from benchmarks import generate, postgres, report
from benchmarks.options import PARTS, Options
from benchmarks.processes import manage
from benchmarks.run_part import end_in_order, run_part

RESULTS = Path(os.environ.get("BENCH_RESULTS", "bench-results"))
PACKAGES = ("django", "psycopg", "gunicorn", "django-import-export", "django-filter")
# Statements that take longer are stopped; the stock admin is given more.
STATEMENT_SECONDS = {"pages": 10, "counts": 10, "responses": 60}


def main() -> None:
    end_in_order()
    options = Options.from_environment()
    os.environ.update(
        DJANGO_SETTINGS_MODULE="benchmarks.settings",
        SECRET_KEY=secrets.token_urlsafe(50),
        DEBUG="false",
        HTTPS="false",
        ALLOWED_HOSTS="testserver,127.0.0.1",
        LOG_LEVEL="ERROR",
    )
    run: dict[str, Any] = {"machine": _machine(options), "sizes": {}}
    RESULTS.mkdir(parents=True, exist_ok=True)
    path = RESULTS / f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}.json"
    with ExitStack() as databases:
        urls = {size: _prepared(options, size, run, databases) for size in options.sizes}
        for part in PARTS:
            for size, url in urls.items() if part in options.only else []:
                _measure(options, part, size, url, run)
                path.write_text(json.dumps(run, indent=1))
        if len(urls) > 1 and "pages" in options.only:  # A B came above, here B A
            for size, url in reversed(urls.items()):
                _measure(options, "pages", size, url, run, key="pages_again")
            path.write_text(json.dumps(run, indent=1))
    print(report.text(run))
    print(f"\nEverything measured: {path}")


def _prepared(options: Options, size: int, run: dict[str, Any], databases: ExitStack) -> str:
    """The URL of a database with `size` events: a new database, or one that was kept."""
    name = f"passaudit_bench_{size}"
    url = databases.enter_context(postgres.database(options.server, name, keep=options.keep))
    environment = {**os.environ, "DATABASE_URL": url}
    manage(["migrate", "--verbosity", "0"], options.seconds, environment=environment)
    seconds = postgres.seconds_to_fill(options.server, name)
    if seconds is None:
        started = time.monotonic()
        generate.generate(url, size, lambda step: _say(size, step))
        seconds = round(time.monotonic() - started, 1)
        postgres.mark_filled(options.server, name, seconds)
    run["sizes"][size] = {"generated": {"seconds": seconds, **postgres.sizes(url)}}
    return url


def _measure(
    options: Options, part: str, size: int, url: str, run: dict[str, Any], *, key: str = ""
) -> None:
    _say(size, f"measuring {part}")
    if part in STATEMENT_SECONDS:
        url += f"?options=-c%20statement_timeout%3D{STATEMENT_SECONDS[part] * 1000}"
    patience = 3 if part == "sqlite" else 1  # it has parts of its own
    found = run_part(part, size, {"DATABASE_URL": url}, options.seconds * patience)
    if "error" in found:
        _say(size, f"{part}: {found['error']}")
    run["sizes"][size][key or part] = found


def _say(size: int, step: str) -> None:
    print(f"{datetime.now(UTC):%H:%M:%S}  {size:>11,} events: {step}", file=sys.stderr, flush=True)


def _machine(options: Options) -> dict[str, Any]:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "time": f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
        "cores": os.cpu_count(),
        "memory_gib": round(memory / 2**30, 1),
        "system": platform.platform(),
        "load": os.getloadavg(),
        "python": platform.python_version(),
        "postgresql": postgres.facts(options.server),
        "packages": {package: version(package) for package in PACKAGES},
        "command": " ".join(
            [
                *(f"{k}={v}" for k, v in sorted(os.environ.items()) if k.startswith("BENCH_")),
                "make bench",
            ]
        ),
    }


if __name__ == "__main__":
    main()
