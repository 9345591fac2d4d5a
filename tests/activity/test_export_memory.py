"""The memory of an export does not depend on the size of the log."""

import json
import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.db import connection

pytestmark = pytest.mark.slow

PROJECT = Path(__file__).resolve().parent.parent.parent
MEGABYTE = 1024 * 1024
ROWS = 200_000


@pytest.mark.django_db
def test_it_takes_little_memory_for_many_rows(tmp_path):
    url = f"sqlite:///{tmp_path / 'large.sqlite3'}"
    if connection.vendor == "postgresql":
        name = connection.settings_dict["NAME"]
        url = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()
    ended = subprocess.run(
        [sys.executable, "-m", "tests.activity.large_export", str(ROWS)],
        check=True,
        cwd=PROJECT,
        env=os.environ | {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "passaudit.settings"},
        stdout=subprocess.PIPE,
    )
    taken = json.loads(ended.stdout)
    assert {form: figures["lines"] for form, figures in taken.items()} == {
        "csv": ROWS + 1,
        "jsonl": ROWS,
    }
    for figures in taken.values():
        assert figures["growth"] < 64 * MEGABYTE
        assert figures["largest"] < 4 * MEGABYTE < figures["bytes"]
