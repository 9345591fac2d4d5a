"""Copy the log from the PostgreSQL database of the run to SQLite; indexes are created last."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg

from benchmarks.processes import manage

BATCH = 10_000
# How Django stores these types on SQLite.
FORMS = {
    "uuid": "replace({0}::text, '-', '')",
    "timestamp with time zone": "to_char({0} AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')",
    "inet": "host({0})",
    "jsonb": "{0}::text",
    "date": "{0}::text",
}
TABLES = (
    "organizations_organization", "activity_actor", "activity_event", "activity_loghead",
    "activity_logday",
)  # fmt: skip


def generate(postgres_url: str, path: Path, seconds: float) -> str:
    """Create the database at `path` and return its DATABASE_URL."""
    url = f"sqlite:///{path}"
    manage(
        ["migrate", "--verbosity", "0"], seconds, environment={**os.environ, "DATABASE_URL": url}
    )
    with closing(sqlite3.connect(path)) as target, psycopg.connect(postgres_url) as source:
        target.execute("PRAGMA synchronous = OFF")
        indexes = _take_off(target)
        for table in TABLES:
            _copy(source, target, table)
        for statement in indexes:
            target.execute(statement)
        target.execute("ANALYZE")
        target.commit()
    return url


def _take_off(target: sqlite3.Connection) -> list[str]:
    """Drop the indexes of the event table. Returns the statements that create them again."""
    rows = target.execute(
        "SELECT name, sql FROM sqlite_master"
        " WHERE type = 'index' AND tbl_name = 'activity_event' AND sql IS NOT NULL"
    ).fetchall()
    for name, _statement in rows:
        target.execute(f'DROP INDEX "{name}"')
    return [statement for _name, statement in rows]


def _copy(source: psycopg.Connection, target: sqlite3.Connection, table: str) -> None:
    columns = source.execute(
        "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = %s",
        [table],
    ).fetchall()
    names = ", ".join(f'"{name}"' for name, _type in columns)
    forms = ", ".join(FORMS.get(kind, "{0}").format(f'"{name}"') for name, kind in columns)
    marks = ", ".join("?" * len(columns))
    with source.cursor(name="rows") as cursor:
        cursor.itersize = BATCH
        cursor.execute(f"SELECT {forms} FROM {table}")
        target.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", _rows(cursor))
    target.commit()


def _rows(cursor: Any) -> Iterator[tuple[Any, ...]]:
    while rows := cursor.fetchmany(BATCH):
        yield from rows
