"""The statements that the site sends, so that psql can be given the very same."""

from contextlib import suppress
from typing import Any, NoReturn
from unittest import mock

import psycopg
from django.db import connection
from django.db.backends.postgresql.base import Cursor

from activity import exports, keyset
from activity.exports import Format
from activity.log_query import LogQuery
from activity.resources import EventResource


class _Captured(Exception):  # noqa: N818 - not an error
    pass


def copy_statement(query: LogQuery) -> str:
    """The COPY of an export on PostgreSQL, with its parameters written in."""
    found: list[tuple[str, Any]] = []

    def copy(cursor: Any, statement: str, params: Any = None, **options: Any) -> NoReturn:
        found.append((statement, params))
        raise _Captured

    with mock.patch.object(Cursor, "copy", copy, create=True), suppress(_Captured):
        list(exports.stream(query, Format.CSV))
    connection.ensure_connection()
    ((statement, params),) = found
    return psycopg.ClientCursor(connection.connection).mogrify(statement, params)


def portable_select(query: LogQuery) -> str:
    """The columns of the export on SQLite, in its order, as text for a shell."""
    fields = [column.attribute for column in EventResource().get_export_fields()]
    events = query.events.filter(actor__organization=query.organization)
    sql, params = keyset.ordered(events, query.order).values_list(*fields).query.sql_with_params()
    quoted = [str(value) if isinstance(value, int) else f"'{value}'" for value in params]
    return sql % tuple(quoted)
