"""A feed reader that polls while eight processes record misses nothing and repeats nothing.

FEED_EVENTS=100000 runs it in full.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

import pytest
from django.db import connection

ROOT = Path(__file__).resolve().parents[2]
EVENTS = int(os.environ.get("FEED_EVENTS", "8000"))


@pytest.fixture
def database_url(tmp_path):
    """The URL of a database that other processes can use, too."""
    if connection.vendor == "sqlite":
        return f"sqlite:///{tmp_path}/race.sqlite3"
    place = {name: quote(str(value), safe="") for name, value in connection.settings_dict.items()}
    login = ":".join(filter(None, [place["USER"], place["PASSWORD"]]))
    return f"postgres://{login}@{place['HOST']}:{place['PORT'] or 5432}/{place['NAME']}"


@pytest.mark.django_db(transaction=True)  # which leaves nothing of what processes stored
def test_it_gives_every_event_once_and_in_order(database_url):
    environment = {
        **os.environ,
        "DATABASE_URL": database_url,
        "DJANGO_SETTINGS_MODULE": "passaudit.settings",
        "API_RATE_PER_MINUTE": "1000000",
        "LOG_LEVEL": "WARNING",
    }
    finished = subprocess.run(
        [sys.executable, "-m", "tests.api.feed_race", str(EVENTS)],
        cwd=ROOT,
        env=environment,
        check=True,
        stdout=subprocess.PIPE,
        timeout=600,
    )
    result = json.loads(finished.stdout)
    sys.stdout.write(f"{result}\n")
    assert (result["is_in_order"], result["different"]) == (True, EVENTS)
