"""Capture the statements that the site sends, so that psql can run the same ones."""

from contextlib import suppress
from typing import Any, NoReturn
from unittest import mock

import psycopg
from django.db import connection
from django.db.backends.postgresql.base import Cursor

from activity import exports
from activity.exports import Format
from activity.reading.query import LogQuery


class _Captured(Exception):  # noqa: N818 - not an error
    pass


def copy_statement(query: LogQuery) -> str:
    """The COPY statement of an export on PostgreSQL, with literal parameters."""
    found: list[tuple[str, Any]] = []

    def copy(cursor: Any, statement: str, params: Any = None, **options: Any) -> NoReturn:
        found.append((statement, params))
        raise _Captured

    with mock.patch.object(Cursor, "copy", copy, create=True), suppress(_Captured):
        list(exports.stream(query, Format.CSV))
    connection.ensure_connection()
    ((statement, params),) = found
    return psycopg.ClientCursor(connection.connection).mogrify(statement, params)


def sqlite_select(query: LogQuery) -> str:
    """The SELECT statement of an export on SQLite, with literal parameters."""
    found: list[tuple[str, Any]] = []

    def capture(execute: Any, sql: str, params: Any, many: bool, context: Any) -> NoReturn:  # noqa: FBT001 - Django calls it so
        found.append((sql, params))
        raise _Captured

    with connection.execute_wrapper(capture), suppress(_Captured):
        list(exports.stream(query, Format.CSV))
    ((sql, params),) = found
    return sql % tuple(str(value) if isinstance(value, int) else f"'{value}'" for value in params)
