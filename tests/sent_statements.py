"""Captures statements about events, and checks that each one fixes the organization."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from django.db import connection

from activity.scaling import event_tables
from tests.statements import loose_tables

TABLES = event_tables()


@contextmanager
def statements(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Capture the SQL in the block, including COPY, with parameters as `$1`, as sent to Citus."""
    monkeypatch.setattr("activity.recording.duplicates.has_citus", lambda using: True)
    sent: list[str] = []
    copy = psycopg.Cursor.copy

    def on_execute(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        sent.append(numbered(sql, params[0] if many and params else params))
        return execute(sql, params, many, context)

    def on_copy(cursor: Any, statement: str, params: Any = None, **options: Any) -> Any:
        sent.append(numbered(statement, params))
        return copy(cursor, statement, params, **options)

    with connection.execute_wrapper(on_execute), monkeypatch.context() as patch:
        patch.setattr(psycopg.Cursor, "copy", on_copy)
        yield sent


def numbered(sql: str, params: Any) -> str:
    return sql % tuple(f"${number}" for number, _ in enumerate(params, 1)) if params else sql


def about_events(sent: list[str]) -> list[str]:
    """The distinct statements that name a table of events. Fails if one of them does not fix the
    organization.
    """
    found = [sql for sql in dict.fromkeys(sent) if any(f'"{table}"' in sql for table in TABLES)]
    loose = [(name, sql) for sql in found for name in loose_tables(sql, TABLES)]
    assert loose == [], loose
    return found
