"""Many rows into one table, as fast as the database takes them: COPY, or one prepared INSERT."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import connections, models, router
from django.db.backends.base.base import BaseDatabaseWrapper


def insert(model: type[models.Model], rows: Iterable[Mapping[str, Any]]) -> None:
    """Insert `rows`, dictionaries that all name every column of `model` (its `attname`s).

    Raises `django.db.IntegrityError` like any insert. Call it inside a transaction.
    """
    connection = connections[router.db_for_write(model)]
    fields = model._meta.concrete_fields
    if connection.vendor == "postgresql":
        _copy(connection, model, fields, rows)
    else:
        _insert_many(connection, model, fields, rows)


def _copy(
    connection: BaseDatabaseWrapper,
    model: type[models.Model],
    fields: Iterable[models.Field],
    rows: Iterable[Mapping[str, Any]],
) -> None:
    quote = connection.ops.quote_name
    names = ", ".join(quote(field.column) for field in fields)
    table = quote(model._meta.db_table)
    with (
        connection.cursor() as cursor,
        connection.wrap_database_errors,
        cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy,
    ):
        copy.set_types([field.rel_db_type(connection) for field in fields])
        for row in rows:
            copy.write_row([row[field.attname] for field in fields])


def _insert_many(
    connection: BaseDatabaseWrapper,
    model: type[models.Model],
    fields: Iterable[models.Field],
    rows: Iterable[Mapping[str, Any]],
) -> None:
    quote = connection.ops.quote_name
    names = ", ".join(quote(field.column) for field in fields)
    marks = ", ".join(["%s"] * len(list(fields)))
    with connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO {quote(model._meta.db_table)} ({names}) VALUES ({marks})",
            (
                [field.get_db_prep_save(row[field.attname], connection) for field in fields]
                for row in rows
            ),
        )
