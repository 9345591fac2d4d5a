"""Concurrent recording: no gaps, no duplicates, no lost events."""

import json
import os
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from functools import partial
from pathlib import Path
from threading import Barrier
from threading import Event as Signal

import pytest
from django.db import connection, connections

from activity.models import Event, LogHead
from activity.recording import record
from tests.activity import crowd
from tests.factories import OrganizationFactory, draft

pytestmark = pytest.mark.slow

PROJECT = Path(__file__).resolve().parent.parent.parent
Receipts = list[tuple[int, int, int]]
Fetch = Callable[[str], list[tuple]]
PREPARE = """
import django
django.setup()
from django.core.management import call_command
from tests.factories import OrganizationFactory
call_command("migrate", verbosity=0)
for slug in ("acme", "cedar"):
    OrganizationFactory(slug=slug)
"""


def in_threads(tasks: list[Callable[[], object]]) -> list:
    """Run the tasks at the same time, each with its own connection. Return their results."""
    barrier = Barrier(len(tasks), timeout=30)

    def run(task: Callable[[], object]) -> object:
        try:
            connection.ensure_connection()
            barrier.wait()
            return task()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(tasks)) as pool:
        return list(pool.map(run, tasks))


def check(fetch: Fetch, slug: str, seeds: list[int], receipts: list[Receipts]) -> None:
    """Check the log. `fetch` runs SQL on the database of the writers."""
    batches = [batch for seed in seeds for batch in crowd.numbers(seed)]
    wanted = {f"i_{number}" for batch in batches for number in batch}
    theirs = (
        f"WHERE organization_id = (SELECT id FROM organizations_organization WHERE slug = '{slug}')"
    )
    stored = fetch(f"SELECT seq, item_id, event_type, occurred_at FROM activity_event {theirs}")
    seqs, item_ids, codes, times = zip(*stored, strict=True)
    assert sorted(seqs) == list(range(1, len(wanted) + 1))
    assert Counter(item_ids) == Counter(wanted)
    _check_receipts([receipt for group in receipts for receipt in group], batches, len(wanted))
    (head,) = fetch(f"SELECT size, earliest, latest, type_counts FROM activity_loghead {theirs}")
    assert head[:3] == (len(wanted), min(times), max(times))
    assert json.loads(head[3]) == Counter(codes)
    days = fetch(f"SELECT type_counts FROM activity_logday {theirs}")
    assert sum((Counter(json.loads(day)) for (day,) in days), Counter()) == Counter(codes)


def _check_receipts(receipts: Receipts, batches: list[list[int]], size: int) -> None:
    assert sum(accepted for accepted, _, _ in receipts) == size
    assert sum(a + duplicates for a, duplicates, _ in receipts) == sum(map(len, batches))
    given = [seq for a, _, last in receipts for seq in range(last - a + 1, last + 1)]
    assert sorted(given) == list(range(1, size + 1))


def fetched(sql: str) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_it_takes_20_threads_at_once_and_lets_a_reader_follow():
    for slug in ("acme", "cedar"):
        OrganizationFactory(slug=slug)
    writers = [("acme", seed) for seed in range(16)] + [("cedar", seed) for seed in range(4)]
    is_over = Signal()

    def follow() -> list[int]:
        read: list[int] = []
        while True:
            is_last = is_over.is_set()
            newer = Event.objects.filter(organization__slug="acme", seq__gt=len(read))
            read += newer.order_by("seq").values_list("seq", flat=True)
            if is_last:
                return read

    def write() -> list[Receipts]:
        tasks = [
            lambda slug=slug, seed=seed: crowd.record_all(slug, seed) for slug, seed in writers
        ]
        try:
            return in_threads(tasks)
        finally:
            is_over.set()

    read, receipts = in_threads([follow, write])
    check(fetched, "acme", list(range(16)), receipts[:16])
    check(fetched, "cedar", list(range(4)), receipts[16:])
    assert read == list(range(1, LogHead.objects.get(organization__slug="acme").size + 1))


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_it_begins_a_log_once_when_several_threads_begin_it():
    for _ in range(5):
        organization = OrganizationFactory()
        same, own = draft(item_id="same"), [draft(item_id=str(number)) for number in range(8)]
        receipts = in_threads([partial(record, organization, [same, mine]) for mine in own])
        assert sum(receipt.accepted for receipt in receipts) == 9
        assert sum(receipt.duplicates for receipt in receipts) == 7
        seqs = Event.objects.filter(organization=organization).values_list("seq", flat=True)
        assert sorted(seqs) == list(range(1, 10))
        assert LogHead.objects.get(organization=organization).size == 9


@pytest.mark.sqlite
def test_it_takes_8_processes_at_once(tmp_path):
    path = tmp_path / "log.sqlite3"
    environment = os.environ | {
        "DATABASE_URL": f"sqlite:///{path}",
        "DJANGO_SETTINGS_MODULE": "passaudit.settings",
    }
    python = [sys.executable, "-W", "error"]
    subprocess.run([*python, "-c", PREPARE], check=True, cwd=PROJECT, env=environment)
    writers = [("acme", seed) for seed in range(6)] + [("cedar", seed) for seed in range(2)]
    receipts = in_processes(
        [[*python, "-m", "tests.activity.crowd", slug, str(seed)] for slug, seed in writers],
        environment,
    )
    with closing(sqlite3.connect(path)) as database:

        def fetch(sql: str) -> list[tuple]:
            return database.execute(sql).fetchall()

        check(fetch, "acme", list(range(6)), receipts[:6])
        check(fetch, "cedar", list(range(2)), receipts[6:])


def in_processes(programs: list[list[str]], environment: dict[str, str]) -> list[Receipts]:
    """Run the programs at the same time. Return the JSON that each of them prints."""
    with ExitStack() as stack:
        running = [
            stack.enter_context(
                subprocess.Popen(
                    program,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    text=True,
                    cwd=PROJECT,
                    env=environment,
                )
            )
            for program in programs
        ]
        assert [process.stdout.readline() for process in running] == ["ready\n"] * len(programs)
        for process in running:
            process.stdin.write("go\n")
            process.stdin.flush()
        return [json.loads(process.communicate(timeout=60)[0]) for process in running]
