"""The text of API keys."""

import re
import zlib

import pytest

from activity.api.tokens import PATTERN, Token, checksum


def test_it_looks_the_same_to_every_scanner():
    token = Token.new()
    assert re.fullmatch(r"pa_[0-9A-Za-z]{12}_[0-9A-Za-z]{43}_[0-9A-Za-z]{6}", token.text)
    assert token.text.split("_")[1] == token.id


def test_it_never_makes_the_same_twice():
    assert len({Token.new().text for _ in range(100)}) == 100


def test_it_reads_what_it_made():
    token = Token.new()
    assert Token.parse(token.text) == token


def test_it_checks_with_crc32_in_base_62():
    digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
    written = checksum("pa_anything")
    number = 0
    for digit in written:
        number = number * 62 + digits.index(digit)
    assert number == zlib.crc32(b"pa_anything")


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: "",
        lambda text: text[:-1],
        lambda text: text + "a",
        lambda text: text.replace("pa_", "pb_"),
        lambda text: text[:20] + ("b" if text[20] == "a" else "a") + text[21:],
        lambda text: f"{text}\n",
        lambda text: text.replace("_", "-"),
        lambda text: "pa_ääääääääääää_" + "a" * 43 + "_000000",
    ],
)
def test_it_reads_nothing_else(spoil):
    assert Token.parse(spoil(Token.new().text)) is None


def test_it_needs_no_database_to_find_a_leak():
    token = Token.new()
    text = f"export PASSAUDIT_KEY={token.text}; pa_{'0' * 12}_{'0' * 43}_000000"
    found = [match[0] for match in PATTERN.finditer(text) if Token.parse(match[0])]
    assert found == [token.text]
