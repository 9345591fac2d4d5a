"""The leaves of the tree, version 1. docs/evidence.md describes the bytes.

A leaf holds the organization, the number and the times of an event, its type, and a commitment to
its personal part: a hash with a secret salt. Without the salt, nobody can guess the personal part
from the leaf.
"""

import secrets
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any, Self
from uuid import UUID

from activity.canonical_json import encode, encode_text

VERSION = 1
HEADER = struct.Struct(">B16sQqqH")  # version, organization, seq, two times, length of the code
BLOCK_SIZE = 256  # events that share a key for their salts
KEY_SIZE, SALT_SIZE = 32, 16
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
NO_SALT = bytes(SALT_SIZE)


def block_of(seq: int) -> int:
    """The number of the block of event `seq`, from 0."""
    return (seq - 1) // BLOCK_SIZE


def new_key() -> bytes:
    return secrets.token_bytes(KEY_SIZE)


def salt_of(key: bytes, seq: int) -> bytes:
    return sha256(key + seq.to_bytes(8, "big")).digest()[:SALT_SIZE]


@dataclass(frozen=True, slots=True)
class Salts:
    """The salts of one block: a key from which they are derived, or the salts themselves.

    A block has salts itself after one of its events was erased. The erased event's salt is zero.
    """

    key: bytes = b""
    salts: bytes = b""

    def __getitem__(self, seq: int) -> bytes | None:
        """The salt of event `seq`; None if it was erased."""
        if self.key:
            return sha256(self.key + seq.to_bytes(8, "big")).digest()[:SALT_SIZE]
        start = (seq - 1) % BLOCK_SIZE * SALT_SIZE
        salt = self.salts[start : start + SALT_SIZE]
        return salt if len(salt) == SALT_SIZE and salt != NO_SALT else None

    def without(self, block: int, seqs: set[int]) -> Self:
        """The salts of the block of the same events, without those of `seqs`."""
        first = block * BLOCK_SIZE + 1
        kept = [
            NO_SALT if seq in seqs else self[seq] or NO_SALT
            for seq in range(first, first + BLOCK_SIZE)
        ]
        return type(self)(salts=b"".join(kept))


def microseconds(instant: datetime) -> int:
    """Since 1970, in UTC."""
    return (instant - EPOCH) // MICROSECOND


def person_json(email: str, name: str) -> str:
    """The part of the personal part that events of the same actor share."""
    return f"{encode_text(email)},{encode_text(name)}"


def personal_part(
    event_id: UUID,
    person: str,
    ip: str | None,
    vault_id: str,
    item_id: str,
    client: str,
    data: Mapping[str, Any],
) -> bytes:
    """The canonical JSON of `[id, email, name, ip, vault_id, item_id, client, data]`.

    `person` is the text of `person_json`, `ip` a canonical address.
    """
    address = "null" if ip is None else f'"{ip}"'
    texts = f"{encode_text(vault_id)},{encode_text(item_id)},{encode_text(client)}"
    details = encode(data) if data else "{}"
    return f'["{event_id}",{person},{address},{texts},{details}]'.encode("ascii")


def leaf(
    organization: bytes,
    seq: int,
    occurred_at: int,
    received_at: int,
    event_type: str,
    salt: bytes,
    personal: bytes,
) -> bytes:
    """The bytes of a leaf. `organization` is the UUID's 16 bytes, times are in microseconds."""
    code = event_type.encode()
    header = HEADER.pack(VERSION, organization, seq, occurred_at, received_at, len(code))
    return header + code + sha256(salt + personal).digest()
