"""The benchmark runs, with small sizes."""

import json
import os
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from django.db import connection

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parent.parent
PARTS = ["check", "counts", "export"]


def _server() -> str:
    """The URL of the server, with a database that tests do not use."""
    parameters = connection.get_connection_params()
    at = f"{parameters.get('host', '127.0.0.1')}:{parameters.get('port', 5432)}"
    password = f":{parameters['password']}" if parameters.get("password") else ""
    return f"postgres://{parameters['user']}{password}@{at}/postgres"


@pytest.mark.postgresql
def test_it_measures_and_cleans_up(tmp_path):
    environment = {
        **os.environ,
        "BENCH_EVENTS": "3000",
        "BENCH_ONLY": ",".join(PARTS),
        "BENCH_POSTGRES_URL": _server(),
        "BENCH_REPEATS": "1",
        "BENCH_SECONDS": "60",
        "BENCH_RESULTS": str(tmp_path),
    }
    run = subprocess.run(
        [sys.executable, "-m", "benchmarks"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    (path,) = tmp_path.glob("*.json")
    found = json.loads(path.read_text())["sizes"]["3000"]
    assert found["check"] == {
        "organizations_with_gaps": 0,
        "rollups_equal": {"org-10": True, "org-1000": True},
    }
    assert [part for part in PARTS if "error" in found[part]] == [], run.stderr
    assert "page with facets and histogram" in run.stdout
    with psycopg.connect(_server()) as database:
        names = database.execute("SELECT datname FROM pg_database").fetchall()
    assert ("passaudit_bench_3000",) not in names
