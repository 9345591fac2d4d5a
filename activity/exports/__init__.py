"""The way bytes leave: CSV, JSON lines and files, streamed with flat memory.

An export holds what the log held when it began: later events are left out, so that a page of it
cannot shift while it is written.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC
from enum import StrEnum

from django.db import connections
from django.db.models import QuerySet
from django.db.models.fields.files import FieldFile
from django.http import FileResponse, StreamingHttpResponse
from django.utils import timezone

from activity.exports import copy, replica
from activity.exports.columns import DIALECTS, EventResource
from activity.formats.native import FIELDS, native, to_json
from activity.models import Event
from activity.reading import ordering
from activity.reading.ordering import ordered
from activity.reading.query import LogQuery

BATCH_SIZE = 2000


class Format(StrEnum):
    CSV = "csv"
    JSONL = "jsonl"

    @property
    def content_type(self) -> str:
        return "text/csv; charset=utf-8" if self is Format.CSV else "application/x-ndjson"


def response(query: LogQuery, export_format: Format) -> StreamingHttpResponse:
    """The download of a valid query. Every check is over: nothing can be refused any more."""
    stamp = timezone.now().astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    filename = f"activity-{query.organization.slug}-{stamp}.{export_format}"
    return StreamingHttpResponse(
        stream(query, export_format),
        content_type=export_format.content_type,
        headers={
            "Content-Disposition": f'attachment; filename="{filename}"',
            "Cache-Control": "no-store",
        },
    )


def file_response(file: FieldFile, filename: str) -> FileResponse:
    """The download of a stored file as it is, and never a page. Raises `ValueError` when there is
    none, and `FileNotFoundError` when it is gone."""
    return FileResponse(
        file.open("rb"),
        as_attachment=True,
        filename=filename,
        content_type="application/octet-stream",
    )


def stream(query: LogQuery, export_format: Format) -> Iterator[bytes]:
    """The export in pieces of many rows. Raises `ValueError` for a query that is not valid."""
    if not query.is_valid:
        raise ValueError("An invalid query exports nothing.")
    if export_format is Format.CSV:
        return _csv(query)
    return _json_lines(query)


def _csv(query: LogQuery) -> Iterator[bytes]:
    columns = EventResource().get_export_fields()
    yield _encode([[column.column_name for column in columns]])
    rows = ordered(_as_of_now(query), query.order).values_list(*(c.attribute for c in columns))
    vendor = connections[rows.db].vendor
    if vendor not in DIALECTS:
        yield from _portable_csv(query)
        return
    expressions = [
        column.widget.sql(f"c{number}", DIALECTS[vendor]) for number, column in enumerate(columns)
    ]
    if vendor == "postgresql":
        yield from copy.copy_csv(rows, expressions)
    else:
        yield from map(_encode, copy.formatted(rows, expressions, BATCH_SIZE))


def _portable_csv(query: LogQuery) -> Iterator[bytes]:
    """Byte for byte the same, for databases whose SQL we do not know."""
    columns = EventResource().get_export_fields()
    renderers = [column.widget.render for column in columns]
    fields = [column.attribute for column in columns]
    for rows in ordering.batches(_as_of_now(query), query.order, fields, BATCH_SIZE):
        yield _encode(
            [[render(value) for render, value in zip(renderers, row, strict=False)] for row in rows]
        )


def _encode(rows: Iterable[Sequence[str | None]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode()


def _json_lines(query: LogQuery) -> Iterator[bytes]:
    for rows in ordering.batches(_as_of_now(query), query.order, list(FIELDS), BATCH_SIZE):
        yield "".join([to_json(native(row)) + "\n" for row in rows]).encode()


def _as_of_now(query: LogQuery) -> QuerySet[Event]:
    """The matching events without later ones, so that nothing shifts while they are written."""
    events = query.events.using(replica.reader(query.head))
    return events.filter(actor__organization=query.organization, seq__lte=query.head.size)
