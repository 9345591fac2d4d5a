"""Read any file in bounded memory, as UTF-8 with lines that end with a line feed."""

import codecs
import io
from collections.abc import Callable, Iterator
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from activity.importers.files.rows import MAX_ROW_BYTES, RowError, Unusable
from organizations.spreadsheets import utf_16_encoding, without_byte_order_marks

HEAD_BYTES = 64 * 1024
_UTF_32 = gettext_lazy("The file is UTF-32. Save it as UTF-8.")
_GZIP = gettext_lazy("The file is compressed. Unpack it first.")
_ZIP = gettext_lazy("The file is an archive or a spreadsheet. Unpack it, or save it as CSV.")
NOT_TEXT = {
    codecs.BOM_UTF32_LE: _UTF_32,
    codecs.BOM_UTF32_BE: _UTF_32,
    b"\x1f\x8b": _GZIP,
    b"PK\x03\x04": _ZIP,
}


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


class _Converted(io.RawIOBase):
    """`stream` with each piece changed by `convert`, which gets an empty piece at the end."""

    def __init__(self, stream: io.RawIOBase, convert: Callable[[bytes], bytes]) -> None:
        self._stream = stream
        self._convert = convert
        self._ready = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        while not self._ready:
            piece = self._stream.read(HEAD_BYTES) or b""
            self._ready = self._convert(piece)
            if not piece:
                break
        count = min(len(self._ready), len(buffer))
        buffer[:count], self._ready = self._ready[:count], self._ready[count:]
        return count


def open_text(
    stream: io.BufferedIOBase, on_read: Callable[[int], object] = lambda count: None
) -> io.BufferedReader:
    """`stream` as UTF-8 without byte order marks; `peek()` on the result shows up to 64 KiB of it.

    UTF-16 is decoded. Where the beginning has carriage returns and no line feeds, these become
    line feeds. Raises `Unusable` if the file does not start as text.
    """
    head = stream.read(HEAD_BYTES)
    while len(head) < HEAD_BYTES and (more := stream.read(HEAD_BYTES - len(head))):
        head += more
    for beginning, message in NOT_TEXT.items():
        if head.startswith(beginning):
            raise Unusable(str(message))
    encoding = utf_16_encoding(head)
    raw: io.RawIOBase = _Replay(without_byte_order_marks(head), stream, on_read)
    if encoding is not None:
        raw = _Converted(raw, _decoder(encoding))
        head = head.decode(encoding, errors="replace").encode()
    if b"\r" in head and b"\n" not in head:
        raw = _Converted(raw, lambda piece: piece.replace(b"\r", b"\n"))
    return io.BufferedReader(raw, HEAD_BYTES)


def _decoder(encoding: str) -> Callable[[bytes], bytes]:
    """Turns pieces of text in `encoding` into UTF-8. What cannot be decoded is not UTF-8 either."""
    decoder = codecs.getincrementaldecoder(encoding)(errors="surrogatepass")

    def convert(piece: bytes) -> bytes:
        try:
            return decoder.decode(piece, final=not piece).encode(errors="surrogatepass")
        except UnicodeDecodeError:
            return b"\xff"

    return convert
