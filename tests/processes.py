"""Runs other processes with the database of a test."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import quote

from django.db import connection

ROOT = Path(__file__).resolve().parent.parent
SET_UP = "import django; django.setup(); "


def database_url(folder: Path) -> str:
    """The URL of a database that other processes can use. On PostgreSQL it is the test's own.

    Mark the test `django_db(transaction=True)`, which deletes what they store.
    """
    if connection.vendor == "sqlite":
        return f"sqlite:///{folder}/processes.sqlite3"
    place = {name: quote(str(value), safe="") for name, value in connection.settings_dict.items()}
    login = ":".join(filter(None, [place["USER"], place["PASSWORD"]]))
    return f"postgres://{login}@{place['HOST']}:{place['PORT'] or 5432}/{place['NAME']}"


def environment(folder: Path, **variables: str) -> dict[str, str]:
    """The environment of processes that use `database_url`."""
    return {
        **os.environ,
        "DATABASE_URL": database_url(folder),
        "DJANGO_SETTINGS_MODULE": "passaudit.settings",
        "LOG_LEVEL": "WARNING",
        **variables,
    }


def run(variables: dict[str, str], *arguments: str, seconds: float = 600) -> Any:
    """Run a Python program and return the JSON that it prints."""
    finished = subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=variables,
        check=True,
        stdout=subprocess.PIPE,
        timeout=seconds,
    )
    return json.loads(finished.stdout or "null")


def execute(variables: dict[str, str], code: str) -> Any:
    """Run `code`, which can use models, and return the JSON that it prints."""
    return run(variables, "-c", SET_UP + code)
