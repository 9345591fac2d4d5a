"""Formatted rows out of the database: COPY on PostgreSQL, a cursor elsewhere."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connections, models

PIECE_SIZE = 64 * 1024


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
