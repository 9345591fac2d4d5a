"""Read any file in bounded memory."""

import io
from collections.abc import Callable, Iterator
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from activity.importers.files.rows import MAX_ROW_BYTES, RowError, Unusable

HEAD_BYTES = 64 * 1024
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_UTF_16 = gettext_lazy("The file is UTF-16. Save it as UTF-8.")
_GZIP = gettext_lazy("The file is compressed. Unpack it first.")
_ZIP = gettext_lazy("The file is an archive or a spreadsheet. Unpack it, or save it as CSV.")
NOT_TEXT = {b"\xff\xfe": _UTF_16, b"\xfe\xff": _UTF_16, b"\x1f\x8b": _GZIP, b"PK\x03\x04": _ZIP}


class Line(NamedTuple):
    """A line with its line end, numbered from 1. A line that is too long has no content."""

    number: int
    content: bytes
    is_too_long: bool = False


def lines(stream: io.BufferedReader) -> Iterator[Line]:
    """The lines of `stream`. A line that is too long is not kept in memory."""
    number = 0
    while content := stream.readline(MAX_ROW_BYTES + 1):
        number += 1
        if len(content) <= MAX_ROW_BYTES:
            yield Line(number, content)
            continue
        while content and not content.endswith(b"\n"):
            content = stream.readline(HEAD_BYTES)
        yield Line(number, b"", is_too_long=True)


def decoded(content: bytes) -> str:
    """The text of a row. Raises `RowError` if it is not UTF-8 or contains a NUL byte."""
    if b"\0" in content:
        raise RowError(_("holds a NUL byte"))
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        message = _("is not UTF-8 at byte %(position)d of the row")
        raise RowError(message % {"position": error.start + 1}) from None


def too_long() -> str:
    """Why a row of more than `MAX_ROW_BYTES` is rejected."""
    message = _("is longer than %(size)d KiB; it is skipped and not kept")
    return message % {"size": MAX_ROW_BYTES // 1024}


class _Replay(io.RawIOBase):
    """Reads `head` again, then the rest of `stream`. Reports the number of bytes read."""

    def __init__(
        self, head: bytes, stream: io.BufferedIOBase, on_read: Callable[[int], object]
    ) -> None:
        self._head = head
        self._stream = stream
        self._on_read = on_read

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        if self._head:
            count = min(len(self._head), len(buffer))
            buffer[:count], self._head = self._head[:count], self._head[count:]
        else:
            count = self._stream.readinto1(buffer)
        self._on_read(count)
        return count


def open_text(
    stream: io.BufferedIOBase, on_read: Callable[[int], object] = lambda count: None
) -> io.BufferedReader:
    """`stream` without its byte order mark; `peek()` on the result shows up to 64 KiB of it.

    Raises `Unusable` if the file is empty or does not start as UTF-8 text.
    """
    head = stream.read(HEAD_BYTES)
    while len(head) < HEAD_BYTES and (more := stream.read(HEAD_BYTES - len(head))):
        head += more
    for beginning, message in NOT_TEXT.items():
        if head.startswith(beginning):
            raise Unusable(str(message))
    head = head.removeprefix(BYTE_ORDER_MARK)
    if not head.strip():
        raise Unusable(_("The file is empty."))
    return io.BufferedReader(_Replay(head, stream, on_read), HEAD_BYTES)
