"""Request bodies, read in pieces so that neither a large one nor a zip bomb is ever held whole."""

import zlib
from collections.abc import Iterable, Iterator
from functools import partial
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from activity.api.problems import Problem

MAX_BYTES = 2 * 1024 * 1024
PIECE_BYTES = 64 * 1024
GZIP = 16 + zlib.MAX_WBITS


def read(request: HttpRequest) -> bytes:
    """The body, decompressed. Raises `Problem`: 400, 413 or 415."""
    encoding = request.headers.get("Content-Encoding", "").strip().lower()
    if encoding not in ("", "identity", "gzip"):
        raise Problem(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
            "unsupported_encoding",
            _("Send the body as it is, or with Content-Encoding: gzip."),
            headers={"Accept-Encoding": "gzip, identity"},
        )
    pieces = _limited(iter(partial(_stream(request).read, PIECE_BYTES), b""))
    if encoding == "gzip":
        pieces = _limited(_decompressed(pieces))
    try:
        body = b"".join(pieces)
    except zlib.error:
        raise _bad(_("The body is not gzip, as its Content-Encoding says.")) from None
    except OSError:
        raise _bad(_("The body broke off.")) from None
    if not body.strip():
        raise _bad(_("The body is empty."))
    return body


def _stream(request: HttpRequest) -> Any:
    """Django reads as much as Content-Length says, so nothing of a body sent in chunks. A server
    that ends the stream itself says so, and can be read directly."""
    is_chunked = "CONTENT_LENGTH" not in request.META
    if is_chunked and request.META.get("wsgi.input_terminated"):
        return request.META["wsgi.input"]
    return request


def _limited(pieces: Iterable[bytes]) -> Iterator[bytes]:
    size = 0
    for piece in pieces:
        size += len(piece)
        if size > MAX_BYTES:
            detail = _("The body is larger than %(size)d MiB. Send smaller batches.")
            detail %= {"size": MAX_BYTES // 1024 // 1024}
            raise Problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too_large", detail)
        yield piece


def _decompressed(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """What gzip packed, one member after the other. Raises `zlib.error`."""
    inflator = zlib.decompressobj(GZIP)
    for piece in pieces:
        rest = piece
        while rest:
            if inflator.eof:
                inflator = zlib.decompressobj(GZIP)
            inflated = inflator.decompress(rest, PIECE_BYTES)
            yield inflated
            while len(inflated) == PIECE_BYTES and not inflator.unconsumed_tail:
                inflated = inflator.decompress(b"", PIECE_BYTES)
                yield inflated
            rest = inflator.unused_data if inflator.eof else inflator.unconsumed_tail
    if not inflator.eof:
        raise zlib.error("cut off")


def _bad(detail: str) -> Problem:
    return Problem(HTTPStatus.BAD_REQUEST, "bad_body", detail)
