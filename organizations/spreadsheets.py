"""CSV as spreadsheets read and write it: separators and encodings, and a reversible escape of text
that a spreadsheet would read as a formula."""

import codecs
import csv
import io
from collections.abc import Callable, Iterator
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

SEPARATORS = ",;\t|"
UTF_8_MARK = codecs.BOM_UTF8
UTF_16_MARKS = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
FORMULA_STARTS = "=+-@'\t\r\n＝＋－＠"


def guard(text: str) -> str:
    """Return `text`, with a leading `'` if a spreadsheet might read it as a formula."""
    return f"'{text}" if text and text[0] in FORMULA_STARTS else text


def unguard(text: str) -> str:
    """Reverse `guard`."""
    return text[1:] if text[:1] == "'" and text[1:2] and text[1] in FORMULA_STARTS else text


def utf_16_encoding(head: bytes) -> str | None:
    """The encoding of a file that starts with `head`, if it is UTF-16 with or without a mark."""
    for mark, encoding in UTF_16_MARKS.items():
        if head.startswith(mark):
            return encoding
    # Without a mark: ASCII characters with a zero byte beside each.
    if len(head) >= 4 and head[0] and head[2] and head[1] == head[3] == 0:
        return "utf-16-le"
    if len(head) >= 4 and head[1] and head[3] and head[0] == head[2] == 0:
        return "utf-16-be"
    return None


def without_byte_order_marks(head: bytes) -> bytes:
    """`head` without byte order marks at its start. Some programs add one where there is one."""
    for mark in (UTF_8_MARK, *UTF_16_MARKS):
        if head.startswith(mark):
            while head.startswith(mark):
                head = head[len(mark) :]
            return head
    return head


class Header(NamedTuple):
    """The first line of a CSV: its separator, and its cells without surrounding blanks."""

    separator: str
    cells: tuple[str, ...]


def announced_separator(line: str) -> str | None:
    """The separator that a line such as `sep=;`, which Excel writes and obeys, announces."""
    text = line.rstrip("\r\n").removeprefix("\ufeff").strip('"')
    separator = text[4:]
    is_announced = text[:4].lower() == "sep=" and len(separator) == 1
    return separator if is_announced and not separator.isalnum() else None


def header_in(
    line: str, is_known: Callable[[tuple[str, ...]], object], separators: str = SEPARATORS
) -> Header | None:
    """The header in `line` for the first of `separators` that gives cells that are known."""
    for separator in separators:
        try:
            cells = next(csv.reader([line], delimiter=separator, strict=True), [])
        except csv.Error:
            continue
        names = [cell.removeprefix("\ufeff").strip() for cell in cells]
        while names and not names[-1]:
            names.pop()
        if is_known(tuple(names)):
            return Header(separator, tuple(names))
    return None


class UnreadableTable(ValueError):  # noqa: N818 - reads as what it is: `except UnreadableTable`
    """A CSV cannot be read. `str()` names the line and the reason."""


def table(data: bytes, is_known: Callable[[tuple[str, ...]], object]) -> Iterator[list[str]]:
    """The header and the rows of a small CSV, all of the same length; blank rows are empty.

    A header that is not known for any separator is one with commas. Raises `UnreadableTable`.
    """
    text = io.StringIO(_text(data), newline="")
    separators, line_number = SEPARATORS, 0
    for line in text:
        line_number += 1
        if separator := announced_separator(line):
            separators = separator
        elif line.strip():
            break
    else:
        return
    header = header_in(line, is_known, separators) or header_in(line, len, separators)
    if header is None:
        raise _unreadable(line_number, _("it has no columns"))
    yield list(header.cells)
    reader = csv.reader(text, delimiter=header.separator, strict=True)
    while True:
        first = line_number + reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            raise _unreadable(first, _NOT_CLOSED) from None
        if reader.line_num + line_number > first:
            raise _unreadable(first, _NOT_CLOSED)
        yield _of_length(cells, len(header.cells), first)


_NOT_CLOSED = gettext_lazy("a quotation mark is not closed, or is inside of a cell")


def _text(data: bytes) -> str:
    encoding = utf_16_encoding(data) or "utf-8"
    try:
        return without_byte_order_marks(data).decode(encoding)
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise _unreadable(line, _("it is not UTF-8. Save the file as “CSV UTF-8”")) from None


def _of_length(cells: list[str], length: int, line: int) -> list[str]:
    if not any(map(str.strip, cells)):
        return []
    if any(cells[length:]) or len(cells) < length:
        message = _(
            "it has %(count)d cells where the header has %(expected)d. "
            "A cell that contains the separator needs quotation marks"
        )
        raise _unreadable(line, message % {"count": len(cells), "expected": length})
    return cells[:length]


def _unreadable(line: int, reason: object) -> UnreadableTable:
    message = _("Line %(line)d cannot be read: %(reason)s. Nothing was imported.")
    return UnreadableTable(message % {"line": line, "reason": reason})
