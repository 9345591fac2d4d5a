"""The text of API keys: `pa_<id>_<secret>_<checksum>`.

The id finds the row and the secret proves the key. The checksum lets a scanner for leaked secrets
recognize a key offline, without false positives.
"""

import hashlib
import re
import secrets
import string
import zlib
from dataclasses import dataclass
from typing import Self

ALPHABET = string.digits + string.ascii_uppercase + string.ascii_lowercase
ID_LENGTH = 12
SECRET_LENGTH = 43  # 256 bits
CHECKSUM_LENGTH = 6
PATTERN = re.compile(
    rf"(?P<signed>pa_(?P<id>[0-9A-Za-z]{{{ID_LENGTH}}})_[0-9A-Za-z]{{{SECRET_LENGTH}}})"
    rf"_(?P<checksum>[0-9A-Za-z]{{{CHECKSUM_LENGTH}}})"
)


@dataclass(frozen=True, slots=True)
class Token:
    """A key. The client sends `text`; only `id` and `digest` are stored."""

    id: str
    text: str

    @property
    def digest(self) -> str:
        """SHA-256 in hexadecimal. A slow hash adds nothing: the secret has 256 random bits."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    @classmethod
    def new(cls) -> Self:
        token_id = _random(ID_LENGTH)
        signed = f"pa_{token_id}_{_random(SECRET_LENGTH)}"
        return cls(token_id, f"{signed}_{checksum(signed)}")

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """Parse `text`; None if it is not a key or its checksum is wrong."""
        match = PATTERN.fullmatch(text)
        if not match or checksum(match["signed"]) != match["checksum"]:
            return None
        return cls(match["id"], text)


def checksum(signed: str) -> str:
    """CRC-32 of the text before the last underscore, in base 62."""
    number = zlib.crc32(signed.encode())
    digits = ""
    for _ in range(CHECKSUM_LENGTH):
        number, digit = divmod(number, len(ALPHABET))
        digits = ALPHABET[digit] + digits
    return digits


def _random(length: int) -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(length))
