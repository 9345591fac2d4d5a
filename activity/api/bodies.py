"""Read request bodies in pieces, with a size limit before and after decompression.

Memory stays bounded for large bodies and for gzip bombs.
"""

import zlib
from collections.abc import Iterable, Iterator
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from activity.api.problems import Problem
from organizations.spreadsheets import without_byte_order_marks

MAX_BYTES = 2 * 1024 * 1024
PIECE_BYTES = 64 * 1024
GZIP_WINDOW_BITS = 16 + zlib.MAX_WBITS


def read_body(request: HttpRequest) -> bytes:
    """Return the decompressed body. Raises `Problem`: 400, 413 or 415."""
    encoding = request.headers.get("Content-Encoding", "").strip().lower()
    if encoding not in ("", "identity", "gzip"):
        raise Problem(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
            "unsupported_encoding",
            _("Send the body uncompressed, or with Content-Encoding: gzip."),
            headers={"Accept-Encoding": "gzip, identity"},
        )
    pieces = _limited(_pieces(_stream(request)))
    if encoding == "gzip":
        pieces = _limited(_decompressed(pieces))
    try:
        body = without_byte_order_marks(b"".join(pieces))
    except zlib.error:
        raise _bad_body(_("The body is not valid gzip.")) from None
    except OSError:
        raise _bad_body(_("The body is not complete, or its chunks are not well-formed.")) from None
    if not body.strip():
        raise _bad_body(_("The body is empty."))
    return body


def _stream(request: HttpRequest) -> Any:
    """Return the object to read from.

    Django reads `Content-Length` bytes, so it reads nothing of a chunked body. If the server sets
    `wsgi.input_terminated`, the input ends by itself and can be read directly.
    """
    is_chunked = "CONTENT_LENGTH" not in request.META
    if is_chunked and request.META.get("wsgi.input_terminated"):
        return request.META["wsgi.input"]
    return request


def _pieces(stream: Any) -> Iterator[bytes]:
    """Read the input piece by piece. Raises `OSError`."""
    while True:
        try:
            piece = stream.read(PIECE_BYTES)
        except Exception as error:  # servers have classes of their own for badly framed bodies
            raise OSError("The body cannot be read.") from error
        if not piece:
            return
        yield piece


def _limited(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Pass pieces on until they exceed `MAX_BYTES` in total. Raises `Problem` 413."""
    size = 0
    for piece in pieces:
        size += len(piece)
        if size > MAX_BYTES:
            detail = _("The body is larger than %(size)d MiB. Send smaller batches.")
            detail %= {"size": MAX_BYTES // 1024 // 1024}
            raise Problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too_large", detail)
        yield piece


def _decompressed(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Decompress a gzip file of one or more members. Raises `zlib.error`.

    Each yielded piece has at most `PIECE_BYTES` bytes.
    """
    inflator = zlib.decompressobj(GZIP_WINDOW_BITS)
    for piece in pieces:
        rest = piece
        while rest:
            if inflator.eof:
                inflator = zlib.decompressobj(GZIP_WINDOW_BITS)
            inflated = inflator.decompress(rest, PIECE_BYTES)
            yield inflated
            while len(inflated) == PIECE_BYTES and not inflator.unconsumed_tail:
                inflated = inflator.decompress(b"", PIECE_BYTES)
                yield inflated
            rest = inflator.unused_data if inflator.eof else inflator.unconsumed_tail
    if not inflator.eof:
        raise zlib.error("cut off")


def _bad_body(detail: str) -> Problem:
    return Problem(HTTPStatus.BAD_REQUEST, "bad_body", detail)
