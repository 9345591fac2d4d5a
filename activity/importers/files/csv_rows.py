"""Read rows from CSV (RFC 4180). A quoted cell may span several lines."""

import csv
import io
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from activity.drafts import EventDraft
from activity.importers.files.lines import Line, decoded, lines, open_text, too_long
from activity.importers.files.rows import (
    MAX_ROW_BYTES,
    Place,
    Raw,
    Rejected,
    Row,
    RowError,
    Unusable,
)
from activity.importers.options import Options

MAX_RECORD_LINES = 1000

Header = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CsvFormat:
    """CSV rows under one of `headers`. `draft` makes a draft of a row.

    `repair` may fix a row whose number of cells differs from the header's. `seq` is the column
    with the event's position in the exported log.
    """

    draft: Callable[[Mapping[str, str], Options], EventDraft]
    headers: Sequence[Header]
    repair: Callable[[list[str]], list[str]] = list
    seq: str = ""

    def sniff(self, head: bytes) -> bool:
        """Whether `head` starts with one of the headers."""
        first = next(_records(open_text(io.BytesIO(head))), None)
        return isinstance(first, _Record) and first.cells in self.headers

    def rows(self, stream: io.BufferedReader) -> Iterator[Row | Rejected]:
        """Each row of `stream`. Raises `Unusable` if the header is not one of `headers`."""
        records = _records(stream)
        header = next(records, None)
        if not isinstance(header, _Record) or header.cells not in self.headers:
            raise Unusable(self._wrong_header(header))
        for record in records:
            if isinstance(record, Rejected):
                raw = Raw(record.raw.place, record.raw.content, header.content)
                yield Rejected(raw, record.reason)
            else:
                yield self._row(header, record)

    def values(self, content: Mapping[str, str]) -> Mapping[str, str]:
        """The cells of a row, which need no decoding."""
        return content

    def _row(self, header: "_Record", record: "_Record") -> Row | Rejected:
        raw = Raw(Place(record.line), record.content, header.content)
        cells, columns = list(record.cells), header.cells
        if len(cells) != len(columns):
            cells = self.repair(cells)
        if len(cells) != len(columns):
            reason = _("has %(count)d cells where the header has %(expected)d")
            return Rejected(raw, reason % {"count": len(cells), "expected": len(columns)})
        return Row(raw, dict(zip(columns, cells, strict=True)))

    def _wrong_header(self, first: "_Record | Rejected | None") -> str:
        found = first.content if isinstance(first, _Record) else first.raw.content if first else b""
        message = _("The first line must be %(expected)s but is %(found)s.")
        expected = _(" or ").join(",".join(header) for header in self.headers)
        return message % {"expected": expected, "found": f"{found.decode(errors='replace')!r:.200}"}


@dataclass(frozen=True, slots=True)
class _Record:
    line: int
    cells: Header
    content: bytes


def _records(stream: io.BufferedReader) -> Iterator[_Record | Rejected]:
    """Each record that has cells.

    After an unreadable record, reading continues with the next line. So a missing quotation mark
    costs one row, not the rest of the file.
    """
    source = _Source(lines(stream))
    reader = csv.reader(source, strict=True)
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except (csv.Error, RowError) as error:
            reason = source.reason(error)
            first = source.give_back()
            yield Rejected(Raw(Place(first.number), first.content), reason)
        else:
            taken = source.take()
            if cells:
                content = b"".join(line.content for line in taken)
                yield _Record(taken[0].number, tuple(cells), content)


class _Source:
    """Feeds lines to `csv.reader` as text, and keeps the lines of the current record."""

    def __init__(self, source: Iterator[Line]) -> None:
        self._source = source
        self._returned: deque[Line] = deque()
        self._taken: list[Line] = []
        self._size = 0

    def __iter__(self) -> "_Source":
        return self

    def __next__(self) -> str:
        line = self._returned.popleft() if self._returned else next(self._source)
        self._taken.append(line)
        self._size += len(line.content)
        if line.is_too_long or self._size > MAX_ROW_BYTES or len(self._taken) > MAX_RECORD_LINES:
            raise RowError(too_long())
        return decoded(line.content)

    def take(self) -> list[Line]:
        """The lines of the record that was read."""
        taken, self._taken, self._size = self._taken, [], 0
        return taken

    def give_back(self) -> Line:
        """The first line of the unreadable record. The other lines are read again."""
        first, *others = self.take()
        self._returned.extendleft(reversed(others))
        return first

    def reason(self, error: Exception) -> str:
        if len(self._taken) > 1:
            return _("has a quotation mark that is not closed, or is not followed by a comma")
        if isinstance(error, csv.Error):
            return _("is not valid CSV: %(error)s") % {"error": error}
        return str(error)
