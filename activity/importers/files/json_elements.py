"""Split a JSON document into rows by brackets and quotation marks, without decoding it.

A document of any size is read in bounded memory, an invalid row affects no other row, and each row
is available as it was written.
"""

import io
import re
from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _

from activity.importers.files.lines import HEAD_BYTES, too_long
from activity.importers.files.rows import MAX_ROW_BYTES, Place, Raw, Rejected

MARKS = re.compile(rb'\\(?:.|\Z)|["{}\[\]]', re.DOTALL)
SEPARATORS = b" \t\r\n,"


def elements(stream: io.BufferedReader, pages: Sequence[str]) -> Iterator[Raw | Rejected]:
    """The elements of top-level arrays of `stream`, and of arrays under one of the keys `pages` of
    a top-level object. An element that is too long is not kept in memory."""
    cutter = _Cutter(pages)
    while chunk := stream.read1(HEAD_BYTES):
        yield from cutter.feed(chunk)
    yield from cutter.end()


class _Cutter:
    """The position in the document, and the part that was read but not yielded yet.

    `_depth` counts open brackets. `_rows_at` is the depth of the current array of rows.
    """

    def __init__(self, pages: Sequence[str]) -> None:
        keys = "|".join(map(re.escape, pages)) or "(?!)"
        self._page_key = re.compile(rb'"(?:%s)"\s*:\s*\Z' % keys.encode())
        self._depth = 0
        self._rows_at: int | None = None
        self._has_rows = False
        self._is_text = self._is_escaped = False
        self._piece = bytearray()
        self._is_too_long = False
        self._line = 1
        self._item = 0
        self._place = Place(1)

    def feed(self, chunk: bytes) -> Iterator[Raw | Rejected]:
        begin = 0
        for match in self._brackets(chunk):
            self._take(chunk[begin : match.start()])
            begin = match.end()
            if match[0] in b"[{":
                yield from self._opened(match[0])
            else:
                yield from self._closed(match[0])
        self._take(chunk[begin:])

    def end(self) -> Iterator[Rejected]:
        if self._depth == 0:
            yield from self._separator()
        elif self._rows_at is not None and self._depth > self._rows_at:
            yield Rejected(self._row(), _("is cut off: the file ends in the middle of it"))
        else:
            reason = _("the file is cut off: it ends before its closing bracket")
            yield Rejected(Raw(Place(self._line), b""), reason)

    def _brackets(self, chunk: bytes) -> Iterator[re.Match[bytes]]:
        """The brackets in `chunk` outside of strings."""
        begin, self._is_escaped = int(self._is_escaped), False
        for match in MARKS.finditer(chunk, begin):
            mark = match[0]
            if mark == b'"':
                self._is_text = not self._is_text
            elif mark[0] == ord("\\"):
                self._is_escaped = len(mark) == 1
            elif not self._is_text:
                yield match

    def _opened(self, bracket: bytes) -> Iterator[Rejected]:
        if self._rows_at is None and bracket == b"[" and self._is_page():
            self._rows_at, self._has_rows = self._depth + 1, True
            self._piece.clear()
        else:
            if self._depth in (0, self._rows_at):
                yield from self._separator()
                self._item += self._depth == self._rows_at
                self._place = Place(self._line, self._item or None)
            self._take(bracket)
        self._depth += 1

    def _is_page(self) -> bool:
        if self._depth == 0:
            return not self._piece.strip(SEPARATORS)
        return self._depth == 1 and bool(self._page_key.search(self._piece))

    def _closed(self, bracket: bytes) -> Iterator[Raw | Rejected]:
        was_in_rows = self._depth == self._rows_at
        self._depth = max(self._depth - 1, 0)
        if was_in_rows:
            yield from self._separator()
            self._rows_at = None
            self._has_rows = self._depth > 0
            return
        self._take(bracket)
        if self._depth == self._rows_at:
            is_too_long, row = self._is_too_long, self._row()
            yield Rejected(row, too_long()) if is_too_long else row
        elif self._depth == 0:
            row = self._row()
            if not self._has_rows:
                yield Rejected(row, _("holds no list of rows"))
            self._has_rows = False

    def _take(self, content: bytes) -> None:
        self._line += content.count(b"\n")
        self._piece += content
        if len(self._piece) > MAX_ROW_BYTES:
            self._piece.clear()
            self._is_too_long = True

    def _row(self) -> Raw:
        content = b"" if self._is_too_long else bytes(self._piece)
        self._piece.clear()
        self._is_too_long = False
        return Raw(self._place, content)

    def _separator(self) -> Iterator[Rejected]:
        """Reject anything but commas and white space between rows."""
        content = self._row().content.strip(SEPARATORS)
        if content:
            yield Rejected(Raw(Place(self._line), content), _("is not a JSON object"))
