"""Damaged files."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from activity.importers import IMPORTERS
from activity.importers.files.rows import Parsed, Rejected, Unusable
from tests.activity.importers.running import FIXTURES, UNHURRIED, parse

pytestmark = pytest.mark.slow

FILES = {
    "native.jsonl": "native",
    "native.csv": "native-csv",
    "proton_pascal.json": "proton",
    "proton_old_words.csv": "proton",
    "bitwarden.json": "bitwarden",
    "bitwarden.csv": "bitwarden",
    "onepassword_items.json": "onepassword",
    "onepassword_audit.json": "onepassword",
}
PIECES = [
    b'"', b"'", b"\\", b"{", b"}", b"[", b"]", b",", b"\n", b"\r", b"\0", b"\xff", b"null", b"9",
]  # fmt: skip
damages = st.lists(
    st.tuples(st.integers(0, 9_000), st.integers(0, 40), st.sampled_from(PIECES)),
    min_size=1,
    max_size=4,
)


def _damaged(content: bytes, damage: list[tuple[int, int, bytes]]) -> bytes:
    for position, length, piece in damage:
        content = content[:position] + piece + content[position + length :]
    return content


def _rows(name: str, content: bytes) -> list[Parsed | Rejected]:
    """The results of the importer; an empty list if it raises `Unusable`."""
    try:
        return parse(name, content, zone="Europe/Zurich")
    except Unusable:
        return []


@pytest.mark.parametrize("file", FILES)
@UNHURRIED
@given(damage=damages, end=st.integers(0, 12_000))
def test_it_gives_every_row_or_a_reason(file, damage, end):
    content = _damaged((FIXTURES / file).read_bytes()[:end], damage)
    for row in _rows(FILES[file], content):
        assert isinstance(row, Parsed) or row.reason


@pytest.mark.parametrize("name", IMPORTERS.codes())
@UNHURRIED
@given(content=st.binary(max_size=300))
def test_it_makes_no_event_of_noise(name, content):
    assert all(isinstance(row, Rejected) for row in _rows(name, content))
