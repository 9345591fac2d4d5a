"""Export CSV, JSON lines and stored files, streamed in constant memory.

An export contains the events that the log held when the export started.
"""

import csv
import io
from collections.abc import Generator, Iterable, Sequence
from datetime import UTC
from enum import StrEnum

from django.db import connections
from django.db.models import QuerySet
from django.db.models.fields.files import FieldFile
from django.http import FileResponse, StreamingHttpResponse
from django.utils import timezone

from activity.exports import replica
from activity.exports.columns import BATCH_SIZE, EventResource
from activity.formats.base import FIELDS, to_json
from activity.formats.native import native
from activity.models import Event
from activity.reading import ordering
from activity.reading.ordering import ordered
from activity.reading.query import LogQuery


class Format(StrEnum):
    CSV = "csv"
    JSONL = "jsonl"

    @property
    def content_type(self) -> str:
        return "text/csv; charset=utf-8" if self is Format.CSV else "application/x-ndjson"


def response(query: LogQuery, export_format: Format) -> StreamingHttpResponse:
    """The download of a valid query. The caller has checked permissions and the query."""
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
    """The download of a stored file. Browsers never show it as a page.

    Raises `ValueError` if `file` is empty, and `FileNotFoundError` if it was deleted.
    """
    return FileResponse(
        file.open("rb"),
        as_attachment=True,
        filename=filename,
        content_type="application/octet-stream",
    )


def stream(query: LogQuery, export_format: Format) -> Generator[bytes, None, None]:
    """The export in pieces of many rows. Raises `ValueError` if the query is not valid."""
    if not query.is_valid:
        raise ValueError("An invalid query exports nothing.")
    if export_format is Format.CSV:
        return _csv(query)
    return _json_lines(query)


def _csv(query: LogQuery) -> Generator[bytes, None, None]:
    resource = EventResource()
    yield _encode([resource.headings()])
    rows = resource.select(ordered(_as_of_now(query), query.order))
    if connections[rows.rows.db].vendor == "postgresql":
        yield from rows.copy_csv()
    else:
        yield from map(_encode, rows.fetch(BATCH_SIZE))


def _encode(rows: Iterable[Sequence[str | None]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode()


def _json_lines(query: LogQuery) -> Generator[bytes, None, None]:
    for rows in ordering.batches(_as_of_now(query), query.order, list(FIELDS), BATCH_SIZE):
        yield "".join([to_json(native(row)) + "\n" for row in rows]).encode()


def _as_of_now(query: LogQuery) -> QuerySet[Event]:
    """The matching events up to the head of the log, without events recorded later."""
    events = query.events.using(replica.reader(query.head))
    return events.filter(actor__organization=query.organization, seq__lte=query.head.size)
