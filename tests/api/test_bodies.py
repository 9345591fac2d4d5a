"""Large and compressed bodies."""

import codecs
import gzip
import io
import json
import zlib

import pytest
from gunicorn.http.errors import InvalidChunkSize

from activity.api import bodies
from tests.activity.importers.running import CASES
from tests.api.conftest import EVENTS, event, ndjson

MIB = 1024 * 1024


def stream(machine, body, **environ):
    """Post the stream `body`."""
    environ |= {"wsgi.input": body, "CONTENT_TYPE": "application/json"}
    return machine.generic("POST", EVENTS, **environ)


@pytest.mark.parametrize("count", [1, 2, 1000])
def test_it_unpacks(post, count):
    body = gzip.compress(ndjson([event(id=str(n)) for n in range(count)]).encode())
    response = post(body, "application/x-ndjson", headers={"content-encoding": "gzip"})
    assert response.json()["accepted"] == count


def test_it_unpacks_several_members(post):
    lines = [ndjson([event(id=str(number))]).encode() for number in range(3)]
    body = b"".join(map(gzip.compress, lines))
    response = post(body, "application/x-ndjson", headers={"content-encoding": "GZIP"})
    assert response.json()["accepted"] == 3


@pytest.mark.parametrize(
    "body",
    [
        b"{}",
        gzip.compress(b"{}")[:-4],
        gzip.compress(b"{}" * 1000)[:-20],
        gzip.compress(b"{}") + b"rubbish",
        zlib.compress(b"{}"),
        b"",
    ],
    ids=["plain", "without its end", "cut off", "with more behind", "zlib", "nothing"],
)
def test_it_refuses_invalid_gzip(post, body):
    response = post(body, headers={"content-encoding": "gzip"})
    assert (response.status_code, response.json()["code"]) == (400, "bad_body")


def test_it_refuses_other_encodings(post):
    response = post(b"{}", headers={"content-encoding": "br"})
    assert (response.status_code, response["Accept-Encoding"]) == (415, "gzip, identity")


class Bomb(io.RawIOBase):
    """Two gibibytes of spaces in gzip, compressed while they are read."""

    def __init__(self) -> None:
        self.packer = zlib.compressobj(9, zlib.DEFLATED, bodies.GZIP_WINDOW_BITS)
        self.pieces_read = 0

    def read(self, size: int = -1) -> bytes:
        self.pieces_read += 1
        assert self.pieces_read < 3, "reads on although it has seen enough"
        packed = b""
        while len(packed) < min(size, bodies.PIECE_BYTES):
            packed += self.packer.compress(b" " * MIB)
        return packed[:size]


def test_it_stops_at_a_bomb_without_inflating_it(machine):
    response = stream(machine, Bomb(), CONTENT_LENGTH=str(2 * MIB), HTTP_CONTENT_ENCODING="gzip")
    assert (response.status_code, response.json()["code"]) == (413, "too_large")


def test_it_holds_little_of_a_bomb(rf):
    bomb = gzip.compress(b" " * 64 * MIB)
    request = rf.post(EVENTS, bomb, "application/json", headers={"content-encoding": "gzip"})
    with pytest.raises(bodies.Problem) as caught:
        bodies.read_body(request)
    assert caught.value.status == 413


@pytest.mark.parametrize("pad", [0, 1])
def test_it_accepts_exactly_two_mebibytes(post, pad):
    text = json.dumps([event()])
    body = text + " " * (2 * MIB - len(text) + pad)
    assert post(body).status_code == (413 if pad else 200)


def test_it_reads_chunked_bodies(machine):
    body = io.BytesIO(json.dumps(event()).encode())
    response = stream(machine, body, **{"wsgi.input_terminated": True})
    assert response.json()["accepted"] == 1


class Broken(io.RawIOBase):
    def read(self, size: int = -1) -> bytes:
        raise ConnectionResetError


def test_it_survives_a_closed_connection(machine):
    response = stream(machine, Broken(), CONTENT_LENGTH="10")
    assert response.status_code == 400


@pytest.mark.parametrize("media_type", ["application/json", "application/x-ndjson"])
@pytest.mark.parametrize("marks", [1, 2])
def test_it_passes_over_byte_order_marks(post, media_type, marks):
    body = (CASES / "28-body-bom.json").read_bytes().removeprefix(codecs.BOM_UTF8)
    response = post(codecs.BOM_UTF8 * marks + body, media_type)
    assert (response.status_code, response.json()["accepted"]) == (200, 1)


def test_it_refuses_a_body_of_a_byte_order_mark_alone(post):
    response = post(codecs.BOM_UTF8, "application/json")
    assert (response.status_code, response.json()["detail"]) == (400, "The body is empty.")


class BadlyFramed(io.RawIOBase):
    def read(self, size: int = -1) -> bytes:
        raise InvalidChunkSize(b"zz")


def test_it_refuses_badly_framed_chunks(machine):
    response = stream(machine, BadlyFramed(), **{"wsgi.input_terminated": True})
    assert response.status_code == 400
    assert "its chunks are not well-formed" in response.json()["detail"]
