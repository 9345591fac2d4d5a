"""The statistics of PostgreSQL's planner are kept fresh without automatic ANALYZE."""

import io
import json

import pytest
from django.core.management import call_command
from django.db import connection

from activity.recording import record, statistics
from tests.factories import draft

FLUSH = "SELECT pg_stat_force_next_flush()"
ANALYZED = """
    SELECT relname FROM pg_stat_user_tables
    WHERE relname LIKE 'activity_%' AND n_live_tup > 0 AND n_mod_since_analyze = 0
"""


def rows(sql: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return sorted(str(value) for (value,) in cursor.fetchall())


@pytest.fixture
def _log(acme):
    record(acme, [draft(email=f"user{number}@acme.example") for number in range(30)])
    if connection.vendor == "postgresql":
        rows(FLUSH)


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("_log")
def test_it_analyzes_tables_with_many_new_rows_once(monkeypatch):
    assert not statistics.refresh()
    monkeypatch.setattr(statistics, "MIN_CHANGES", 30)
    assert statistics.refresh()
    assert rows(ANALYZED) == ["activity_actor", "activity_event"]
    assert not statistics.refresh()


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("_log")
def test_the_worker_does_it(monkeypatch):
    monkeypatch.setattr(statistics, "MIN_CHANGES", 30)
    monkeypatch.setattr(statistics.work, "next_check", 0.0)
    call_command("run_worker", "--once")
    assert rows(ANALYZED) == ["activity_actor", "activity_event"]


@pytest.mark.postgresql
@pytest.mark.django_db
@pytest.mark.usefixtures("acme")
def test_an_import_does_it_when_it_stored_many_rows(tmp_path, monkeypatch):
    about_addresses = (
        "SELECT attname FROM pg_stats WHERE tablename = 'activity_event' AND attname = 'ip'"
    )
    for hour, enough, expected in (("10", 31, []), ("11", 30, ["ip"])):
        file = tmp_path / f"{hour}.jsonl"
        event = {"event": "item.read", "user": {"email": "a@b.example"}}
        times = [f"2026-11-22T{hour}:00:{number:02}Z" for number in range(30)]
        file.write_text("".join(json.dumps({"occurred_at": t, **event}) + "\n" for t in times))
        monkeypatch.setattr(statistics, "MIN_CHANGES", enough)
        call_command(
            "import_events", str(file), organization="acme", format="native", stdout=io.StringIO()
        )
        assert rows(about_addresses) == expected


@pytest.mark.postgresql
@pytest.mark.django_db
@pytest.mark.usefixtures("_log")
def test_there_are_none_of_organizations():
    """The planner would take an organization that they do not list for an empty one."""
    statistics.analyze()
    found = rows("SELECT tablename || '.' || attname FROM pg_stats WHERE tablename ~ '^activity_'")
    assert "activity_event.seq" in found
    assert "activity_actor.email" in found
    assert "activity_event.organization_id" not in found
    assert "activity_actor.organization_id" not in found


@pytest.mark.sqlite
@pytest.mark.django_db
@pytest.mark.usefixtures("_log")
def test_sqlite_needs_none_of_it(monkeypatch, django_assert_num_queries):
    monkeypatch.setattr(statistics, "MIN_CHANGES", 1)
    with django_assert_num_queries(0):
        assert not statistics.refresh()
        statistics.analyze()
