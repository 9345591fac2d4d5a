"""Insert many rows fast: COPY on PostgreSQL, `executemany` elsewhere."""

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from operator import attrgetter
from typing import Any

from django.db import connections, models, router, transaction
from django.db.backends.base.base import BaseDatabaseWrapper


def insert(
    model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]
) -> None:
    """Insert `rows`, the values of `columns` of `model` (named by `attname`).

    Raises `django.db.IntegrityError` like any insert. Call it inside a transaction.
    """
    connection = connections[router.db_for_write(model)]
    by_name = {field.attname: field for field in model._meta.concrete_fields}
    fields = [by_name[name] for name in columns]
    quote = connection.ops.quote_name
    names = ", ".join(quote(str(field.column)) for field in fields)
    into = f"{quote(model._meta.db_table)} ({names})"
    if connection.vendor == "postgresql":
        _copy(connection, f"COPY {into} FROM STDIN", fields, rows)
    else:
        _insert_many(connection, f"INSERT INTO {into} VALUES", fields, rows)


def _copy(
    connection: BaseDatabaseWrapper,
    copy_from: str,
    fields: "Sequence[models.Field[Any, Any]]",
    rows: Iterable[Sequence[Any]],
) -> None:
    writers = [(index, write) for index, field in enumerate(fields) if (write := _writer(field))]
    with (
        connection.wrap_database_errors,
        connection.cursor() as cursor,
        cursor.copy(copy_from) as copy,
    ):
        for row in rows:
            values = list(row)
            for index, write in writers:
                values[index] = write(values[index])
            copy.write_row(values)


def _writer(field: "models.Field[Any, Any]") -> Callable[[Any], str] | None:
    """Formats values of `field` as text, where psycopg cannot or is four times slower."""
    if isinstance(field, models.JSONField):
        encode = (field.encoder or json.JSONEncoder)().encode
        return lambda value: encode(value) if value else "{}"
    if field.null:
        return None
    if isinstance(field, models.UUIDField):
        return attrgetter("hex")
    return datetime.isoformat if isinstance(field, models.DateTimeField) else None


def _insert_many(
    connection: BaseDatabaseWrapper,
    insert_into: str,
    fields: "Sequence[models.Field[Any, Any]]",
    rows: Iterable[Sequence[Any]],
) -> None:
    marks = ", ".join(["%s"] * len(fields))
    prepared = [
        [
            field.get_db_prep_save(value, connection)
            for field, value in zip(fields, row, strict=True)
        ]
        for row in rows
    ]
    with connection.cursor() as cursor:
        cursor.executemany(f"{insert_into} ({marks})", prepared)


def commit_without_waiting(using: str) -> None:
    """Commit the current transaction before it is on disk. PostgreSQL only.

    A crash of the server may lose the whole transaction. Call `flush()` before reporting success.
    """
    if connections[using].vendor == "postgresql":
        with connections[using].cursor() as cursor:
            cursor.execute("SET LOCAL synchronous_commit TO OFF")


def flush(using: str) -> None:
    """Wait until all committed transactions are on disk."""
    if connections[using].vendor == "postgresql":
        with transaction.atomic(using=using), connections[using].cursor() as cursor:
            cursor.execute("SELECT pg_logical_emit_message(true, 'passaudit', '')")
