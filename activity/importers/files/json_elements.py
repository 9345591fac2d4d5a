"""Split JSON into rows by brackets and quotation marks, without decoding it.

A file of any size is read in bounded memory, an invalid row affects few others, and each row is
available as it was written. The file may hold one object a line, objects over several lines,
arrays, API responses with an array of rows, and any of these one after another.
"""

import io
import re
from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _

from activity.importers.files.lines import HEAD_BYTES, too_long
from activity.importers.files.rows import MAX_ROW_BYTES, Place, Raw, Rejected

# Everything up to the next bracket or to a string that does not end. A string has no line feed.
TO_BRACKET = re.compile(rb'(?:[^"{}\[\]]++|"(?:[^"\\\n]++|\\.)*+")*+', re.DOTALL)
TO_QUOTATION_MARK = re.compile(rb'(?:[^"\\\n]++|\\.)*+"', re.DOTALL)
OPENING, BRACKETS = b"[{", b"[]{}"
RECORD_SEPARATOR = b"\x1e"  # of RFC 7464
SEPARATORS = b" \t\r\n,\xef\xbb\xbf" + RECORD_SEPARATOR
BETWEEN_OBJECTS = re.compile(rb"\}[%s]*\{" % re.escape(SEPARATORS))
KEY_BYTES = 256  # the longest key of a page, with the white space around it


def elements(stream: io.BufferedReader, pages: Sequence[str]) -> Iterator[Raw | Rejected]:
    """The rows of `stream`: its top-level objects, the elements of its arrays, and the elements of
    arrays under one of the keys `pages` of such an object, which then is no row itself.

    A row that is too long is not kept in memory.
    """
    cutter = _Cutter(pages)
    number, is_start = 1, True
    while piece := stream.readline(HEAD_BYTES):
        is_end = piece.endswith(b"\n")
        if is_start and cutter.is_row(piece):
            yield Raw(Place(number), piece if piece.endswith(b"}\n") else piece.rstrip(SEPARATORS))
        else:
            yield from cutter.feed(piece, number, is_start=is_start)
        is_start = is_end
        number += is_end
    yield from cutter.end(number - is_start)


class _Cutter:
    """The position in the file, and the part of it that was read but not yielded yet.

    `_depth` counts open brackets. Rows begin at the depth `_bases[-1]`: 0 outside of arrays.
    """

    def __init__(self, pages: Sequence[str]) -> None:
        self._page_marks = [f'"{page}"'.encode() for page in pages]
        keys = b"|".join(map(re.escape, self._page_marks)) or b"(?!)"
        self._page_key = re.compile(rb"(?:%s)\s*:\s*\Z" % keys)
        self._depth = 0
        self._bases = [0]
        self._is_page = False  # the current object has an array of rows
        self._is_in_text = self._is_escaped = False
        self._piece = bytearray()
        self._is_too_long = False
        self._item = 0
        self._place = Place(1)
        self._indent: int | None = None  # of the current row, if it starts a line

    def is_row(self, line: bytes) -> bool:
        """Whether `line` is one whole row. False also where that takes a closer look."""
        return (
            not self._depth
            and not self._piece
            and line[:1] == b"{"
            and line.rstrip(SEPARATORS)[-1:] == b"}"
            and line.count(b"{") == line.count(b"}")
            and not BETWEEN_OBJECTS.search(line)
            and not any(mark in line for mark in self._page_marks)
        )

    def feed(self, piece: bytes, line: int, *, is_start: bool) -> Iterator[Raw | Rejected]:
        """The rows that end in `piece`, which is the line number `line` or a part of it."""
        if is_start and self._is_left_open(piece):
            yield self._row()
            self._depth = self._bases[-1]
        position = begin = 0
        if self._is_in_text:
            position = self._end_of_text(piece)
        while True:
            position = TO_BRACKET.match(piece, position).end()  # type: ignore[union-attr]
            mark = piece[position : position + 1]
            if mark not in BRACKETS or not mark:
                break
            position += 1
            if self._depth > self._bases[-1] + 1:
                self._depth += 1 if mark in OPENING else -1
                continue
            self._take(piece[begin : position - 1])
            begin = position
            if mark in OPENING:
                yield from self._opened(mark, piece, position, line)
            else:
                yield from self._closed(mark, line)
        if mark:
            self._is_in_text = True
            self._is_escaped = False
            self._end_of_text(piece, position + 1)
        self._take(piece[begin:])
        if self._depth == 0 and piece.endswith(b"\n"):
            yield from self._between(line)

    def end(self, line: int) -> Iterator[Raw | Rejected]:
        """What is left at the end of the file, on the line number `line`."""
        if self._depth == self._bases[-1]:
            yield from self._between(line)
        elif not self._is_page:
            reason = _("is cut off: the file ends in the middle of it")
            reason = too_long() if self._is_too_long else reason
            yield Rejected(self._row(), reason)
            return
        if self._depth:
            reason = _("the file is cut off: it ends before its closing bracket")
            yield Rejected(Raw(Place(line), b""), reason)

    def _end_of_text(self, piece: bytes, begin: int = 0) -> int:
        """The position after the string that is open at `begin`. A line feed ends it, too."""
        match = TO_QUOTATION_MARK.match(piece, begin + self._is_escaped)
        if match:
            self._is_in_text = self._is_escaped = False
            return match.end()
        self._is_in_text = not piece.endswith(b"\n")
        self._is_escaped = self._is_in_text and (len(piece) - len(piece.rstrip(b"\\"))) % 2 == 1
        return len(piece)

    def _is_left_open(self, line: bytes) -> bool:
        """Whether the current row, which starts an earlier line, is broken: `line` starts another
        one in the same place. Tools that write objects over several lines write `{` alone."""
        indent = self._indent
        return (
            indent is not None
            and self._depth > self._bases[-1]
            and line[indent : indent + 2] == b'{"'
            and not line[:indent].strip(SEPARATORS)
        )

    def _opened(
        self, bracket: bytes, piece: bytes, position: int, line: int
    ) -> Iterator[Raw | Rejected]:
        is_between = self._depth == self._bases[-1]
        if bracket == b"[" and (is_between or self._is_key_of_page()):
            if is_between:
                yield from self._between(line)
            else:
                self._is_page = True
                self._row()
            self._depth += 1
            self._bases.append(self._depth)
            return
        if is_between:
            yield from self._between(line)
            self._item += self._depth > 0
            self._place = Place(line, self._item or None)
            self._is_page = False
            before = piece[: position - 1]
            self._indent = None if before.strip(SEPARATORS) else len(before)
        self._take(bracket)
        self._depth += 1

    def _is_key_of_page(self) -> bool:
        return bool(self._page_key.search(self._piece[-KEY_BYTES:]))

    def _closed(self, bracket: bytes, line: int) -> Iterator[Raw | Rejected]:
        if self._depth == self._bases[-1]:
            if self._depth == 0:
                self._take(bracket)  # closes nothing
                return
            yield from self._between(line)
            self._bases.pop()
            self._depth -= 1
            self._is_page = self._depth > self._bases[-1]
            return
        self._take(bracket)
        self._depth -= 1
        if self._depth > self._bases[-1]:
            return
        is_too_long, row = self._is_too_long, self._row()
        if not self._is_page:
            yield Rejected(row, too_long()) if is_too_long else row

    def _take(self, content: bytes) -> None:
        self._piece += content
        if len(self._piece) > MAX_ROW_BYTES:
            self._piece.clear()
            self._is_too_long = True

    def _row(self) -> Raw:
        content = b"" if self._is_too_long else bytes(self._piece)
        self._piece.clear()
        self._is_too_long = False
        self._indent = None
        return Raw(self._place, content)

    def _between(self, line: int) -> Iterator[Raw | Rejected]:
        """Report what stands between rows, unless it is commas and white space."""
        is_too_long, content = self._is_too_long, self._row().content.strip(SEPARATORS)
        raw = Raw(Place(line), content)
        if is_too_long:
            yield Rejected(raw, too_long())
        elif content and self._depth:
            yield Rejected(raw, _("is not a JSON object"))
        elif content:
            yield raw  # decoding it tells the reason
