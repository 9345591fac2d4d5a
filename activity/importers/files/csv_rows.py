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
from organizations.spreadsheets import SEPARATORS, announced_separator, header_in

MAX_RECORD_LINES = 1000
BLANK = f' \r\n"\ufeff{SEPARATORS}'

Columns = tuple[str, ...]


def _unrepaired(cells: list[str], columns: Columns) -> list[str]:
    return cells


@dataclass(frozen=True, slots=True)
class CsvFormat:
    """CSV rows under a header. `draft` makes a draft of a row, a mapping of cells by column.

    `headers` are the known headers. Their columns may come in any order; with `takes_others` beside
    other columns. `repair` may fix a row with another number of cells than its header, the second
    argument. `seq` is the column with the event's position in the exported log.
    """

    draft: Callable[[Mapping[str, str], Options], EventDraft]
    headers: Sequence[Columns]
    repair: Callable[[list[str], Columns], list[str]] = _unrepaired
    seq: str = ""
    takes_others: bool = False

    def sniff(self, head: bytes) -> int:
        """The number of columns by which `head` is known to have this format, 0 if it has not."""
        heading = self._heading(_Source(lines(open_text(io.BytesIO(head)))))
        return heading.known if isinstance(heading, _Heading) else 0

    def rows(self, stream: io.BufferedReader) -> Iterator[Row | Rejected]:
        """Each row of `stream`. Raises `Unusable` if the header is not one of `headers`."""
        source = _Source(lines(stream))
        heading = self._heading(source)
        if not isinstance(heading, _Heading):
            raise Unusable(self._wrong_header(heading))
        for record in _records(source, heading.separator):
            if isinstance(record, Rejected):
                raw = Raw(record.raw.place, record.raw.content, heading.content)
                yield Rejected(raw, record.reason)
            elif row := self._row(heading, record):
                yield row

    def values(self, content: Mapping[str, str]) -> Mapping[str, str]:
        """The cells of a row, which need no decoding."""
        return content

    def _heading(self, source: "_Source") -> "_Heading | bytes":
        """The header, or the line in its place."""
        separators, content = SEPARATORS, b""
        try:
            for text in source:
                content += b"".join(line.content for line in source.take())
                if not text.strip(BLANK):
                    continue
                if separator := announced_separator(text):
                    separators = separator
                    continue
                header = header_in(text, self._known, separators)
                if header is None:
                    break
                known = self._known(header.cells)
                return _Heading(header.separator, header.cells, content, known)
        except RowError:
            content = source.give_back().content
        return content

    def _known(self, columns: Columns) -> int:
        """The number of columns of the largest header of `headers` that `columns` hold."""
        if len(set(columns)) != len(columns):
            return 0
        fitting = [
            len(header)
            for header in self.headers
            if set(header) <= set(columns) and (self.takes_others or len(header) == len(columns))
        ]
        return max(fitting, default=0)

    def _row(self, heading: "_Heading", record: "_Record") -> Row | Rejected | None:
        """The row of a record; None if it is blank, or repeats the header."""
        cells, columns = record.cells, heading.columns
        if not "".join(cells).strip() or cells == columns:
            return None
        raw = Raw(Place(record.line), record.content, heading.content)
        if len(cells) != len(columns):
            cells = self._fitted(cells, columns)
        if len(cells) != len(columns):
            reason = _("has %(count)d cells where the header has %(expected)d")
            return Rejected(raw, reason % {"count": len(cells), "expected": len(columns)})
        return Row(raw, dict(zip(columns, cells, strict=True)))

    def _fitted(self, cells: Columns, columns: Columns) -> Columns:
        """`cells` without empty ones at the end that have no column, else repaired."""
        if len(cells) > len(columns) and not any(cells[len(columns) :]):
            return cells[: len(columns)]
        return tuple(self.repair(list(cells), columns))

    def _wrong_header(self, found: bytes) -> str:
        if not found.strip():
            return _("The file is empty.")
        message = _("The first line must be %(expected)s but is %(found)s.")
        expected = _(" or ").join(",".join(header) for header in self.headers)
        return message % {"expected": expected, "found": f"{found.decode(errors='replace')!r:.200}"}


@dataclass(frozen=True, slots=True)
class _Heading:
    """The header of a file. `content` is all that comes before the rows, `known` as in `sniff`."""

    separator: str
    columns: Columns
    content: bytes
    known: int


@dataclass(frozen=True, slots=True)
class _Record:
    line: int
    cells: Columns
    content: bytes


def _records(source: "_Source", separator: str) -> Iterator[_Record | Rejected]:
    """Each record that has cells.

    After an unreadable record, reading continues with the next line. So a missing quotation mark
    costs one row, not the rest of the file.
    """
    reader = csv.reader(source, delimiter=separator, strict=True)
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
    """Yields lines as text, and keeps the lines of the current record."""

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
