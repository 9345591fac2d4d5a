"""Read formatted rows from the database: with COPY on PostgreSQL, with a cursor elsewhere."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connections, models

from activity.reading.timeouts import IN_ORDER, planner_settings

PIECE_SIZE = 64 * 1024  # bytes


@dataclass(frozen=True, slots=True)
class FormattedRows:
    """`rows`, a `values_list`, with its columns `c0`, `c1`... formatted by SQL `expressions`.

    The expressions are our own code and are not escaped.
    """

    rows: "models.QuerySet[Any, Any]"
    expressions: Sequence[str]

    def copy_csv(self) -> Iterator[bytes]:
        """RFC 4180 CSV, in pieces of about `PIECE_SIZE`. PostgreSQL only."""
        connection = connections[self.rows.db]
        try:
            select, params = self._select()
        except EmptyResultSet:
            return
        with (
            connection.wrap_database_errors,
            planner_settings(self.rows.db, IN_ORDER),
            connection.cursor() as cursor,
            # Django's debug cursor accepts no parameters here.
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

    def fetch(self, size: int) -> Iterator[Sequence[tuple[Any, ...]]]:
        """The cells that `copy_csv` writes, in batches of at most `size` rows."""
        try:
            select, params = self._select()
        except EmptyResultSet:
            return
        with connections[self.rows.db].cursor() as cursor:
            cursor.execute(select, params)
            while batch := cursor.fetchmany(size):
                yield batch

    def _select(self) -> tuple[str, tuple[Any, ...]]:
        inner, params = self.rows.query.sql_with_params()
        columns = ", ".join(f"c{number}" for number in range(len(self.expressions)))
        cells = ", ".join(self.expressions)
        return f"WITH rows ({columns}) AS ({inner}) SELECT {cells} FROM rows", params  # noqa: S608 - ours


def _with_crlf(lines: list[bytes]) -> bytes:
    """End each line with CRLF. PostgreSQL ends lines with LF; quoted cells may contain LF, too."""
    piece = b"".join(lines)
    if piece.count(b"\n") == len(lines):
        return piece.replace(b"\n", b"\r\n")
    return b"".join(line[:-1] + b"\r\n" for line in lines)
