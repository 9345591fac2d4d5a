"""A second implementation of the formats, straight from docs/evidence.md and RFC 6962.

It shares no code with `activity.evidence`: slow, recursive, one event at a time.
"""

import hashlib
import ipaddress
import json
import struct
from datetime import UTC, datetime

from activity.evidence.models import SaltBlock
from activity.models import Event, LogHead


def sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def tree_hash(hashes: list[bytes]) -> bytes:
    """The root above leaf hashes, by the recursion of RFC 6962."""
    if not hashes:
        return sha256(b"")
    if len(hashes) == 1:
        return hashes[0]
    k = 1
    while 2 * k < len(hashes):
        k *= 2
    return sha256(b"\x01" + tree_hash(hashes[:k]) + tree_hash(hashes[k:]))


def inclusion_path(index: int, hashes: list[bytes]) -> list[bytes]:
    if len(hashes) == 1:
        return []
    k = 1
    while 2 * k < len(hashes):
        k *= 2
    if index < k:
        return [*inclusion_path(index, hashes[:k]), tree_hash(hashes[k:])]
    return [*inclusion_path(index - k, hashes[k:]), tree_hash(hashes[:k])]


def consistency_path(old: int, hashes: list[bytes], is_whole: bool = True) -> list[bytes]:
    if old == len(hashes):
        return [] if is_whole else [tree_hash(hashes)]
    k = 1
    while 2 * k < len(hashes):
        k *= 2
    if old <= k:
        return [*consistency_path(old, hashes[:k], is_whole), tree_hash(hashes[k:])]
    return [*consistency_path(old - k, hashes[k:], False), tree_hash(hashes[:k])]


def microseconds(moment: datetime) -> int:
    difference = moment - datetime(1970, 1, 1, tzinfo=UTC)
    return (difference.days * 86_400 + difference.seconds) * 1_000_000 + difference.microseconds


def leaf(event: Event, organization: bytes, salt: bytes) -> bytes:
    personal = json.dumps(
        [
            str(event.pk),
            event.actor.email,
            event.actor.name,
            event.ip and str(ipaddress.ip_address(event.ip)),
            event.vault_id,
            event.item_id,
            event.client,
            event.data,
        ],
        sort_keys=True,
        separators=(",", ":"),
    )
    code = event.event_type.encode()
    return (
        b"\x01"
        + organization
        + struct.pack(">Q", event.seq)
        + struct.pack(">q", microseconds(event.occurred_at))
        + struct.pack(">q", microseconds(event.received_at))
        + struct.pack(">H", len(code))
        + code
        + sha256(salt + personal.encode())
    )


def leaf_hashes(organization) -> list[bytes]:
    """Of all stored events, in order."""
    head = LogHead.objects.get(organization=organization)
    keys = dict(SaltBlock.objects.filter(organization=organization).values_list("block", "key"))
    events = Event.objects.filter(organization=organization).select_related("actor")
    return [
        sha256(
            b"\x00"
            + leaf(
                event,
                head.uuid.bytes,
                sha256(bytes(keys[(event.seq - 1) // 256]) + struct.pack(">Q", event.seq))[:16],
            )
        )
        for event in events.order_by("seq")
    ]
