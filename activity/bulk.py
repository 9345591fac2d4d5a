"""Many rows in or out, as fast as the database goes: COPY, or one prepared INSERT."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from operator import attrgetter
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connections, models, router, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

PIECE_SIZE = 64 * 1024


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
    fields: Sequence[models.Field],
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


def _writer(field: models.Field) -> Callable[[Any], str] | None:
    """What makes text of a value where psycopg could not, or would take four times as long."""
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
    fields: Sequence[models.Field],
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
    """Let the transaction that runs commit before it is on disk. On PostgreSQL a crash of the
    server may then lose it, whole; before anybody is told that it is stored, call `flush`.
    """
    if connections[using].vendor == "postgresql":
        with connections[using].cursor() as cursor:
            cursor.execute("SET LOCAL synchronous_commit TO OFF")


def flush(using: str) -> None:
    """Wait until all that was committed is on disk."""
    if connections[using].vendor == "postgresql":
        with transaction.atomic(using=using), connections[using].cursor() as cursor:
            cursor.execute("SELECT pg_logical_emit_message(true, 'passaudit', '')")


def copy_csv(rows: models.QuerySet, expressions: Sequence[str]) -> Iterator[bytes]:
    """RFC 4180 CSV of `rows`, a `values_list`, in pieces of about `PIECE_SIZE`. PostgreSQL only.

    `expressions` are SQL of ours, one for each column of the file, over `c0`, `c1`... of `rows`.
    """
    connection = connections[rows.db]
    try:
        select, params = _formatted(rows, expressions)
    except EmptyResultSet:
        return
    with (
        connection.wrap_database_errors,
        connection.cursor() as cursor,
        # Django's debug wrapper takes no parameters here.
        cursor.cursor.copy(f"COPY ({select}) TO STDOUT (FORMAT csv)", params) as copy,
    ):
        piece: list[bytes] = []
        size = 0
        for line in copy:
            piece.append(bytes(line))
            size += len(line)
            if size >= PIECE_SIZE:
                yield _with_crlf(piece)
                piece, size = [], 0
        yield _with_crlf(piece)


def formatted(
    rows: models.QuerySet, expressions: Sequence[str], size: int
) -> Iterator[Sequence[tuple[Any, ...]]]:
    """What `copy_csv` writes, as rows, at most `size` at a time. For databases without COPY."""
    try:
        select, params = _formatted(rows, expressions)
    except EmptyResultSet:
        return
    with connections[rows.db].cursor() as cursor:
        cursor.execute(select, params)
        while batch := cursor.fetchmany(size):
            yield batch


def _formatted(rows: models.QuerySet, expressions: Sequence[str]) -> tuple[str, tuple[Any, ...]]:
    inner, params = rows.query.sql_with_params()
    columns = ", ".join(f"c{number}" for number in range(len(expressions)))
    cells = ", ".join(expressions)
    return f"WITH rows ({columns}) AS ({inner}) SELECT {cells} FROM rows", params  # noqa: S608 - ours


def _with_crlf(lines: list[bytes]) -> bytes:
    """PostgreSQL ends lines with LF alone; a line may also have some inside a quoted cell."""
    piece = b"".join(lines)
    if piece.count(b"\n") == len(lines):
        return piece.replace(b"\n", b"\r\n")
    return b"".join(line[:-1] + b"\r\n" for line in lines)
