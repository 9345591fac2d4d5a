"""Event ids and contents, which decide whether two events are the same event."""

import hashlib
import uuid
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from operator import attrgetter
from typing import Any

from activity.canonical_json import encode
from activity.drafts import EventDraft
from organizations.models import Organization

UUID_LENGTH = 36  # of the text form in exports
# Two events with the same id are equal if their contents are. The last element is `data`.
Content = tuple[Any, ...]
content_of: Callable[[EventDraft], Content] = attrgetter(
    "occurred_at", "event_type", "email", "name", "ip", "vault_id", "item_id", "client", "data"
)


def event_ids(
    organization: Organization, drafts: Iterable[EventDraft], seen: dict[int, int]
) -> Iterator[uuid.UUID]:
    """The event id of each draft, derived from the source's id or, without one, the content.

    `seen` counts equal drafts without an id. It is updated, and passed on from batch to batch.
    """
    for draft in drafts:
        namespace = f"{organization.pk},{encode(draft.source)}"
        if draft.source_id:
            identity = f'"id",{encode(draft.source_id)}'
        else:
            content = f'"content",{canonical_content(draft)[1:-1]}'
            key = _short_hash(f"[{encode(draft.source)},{content}]")
            ordinal = seen.get(key, 0)
            seen[key] = ordinal + 1
            identity = f"{content},{ordinal}"
        yield _uuid8(draft.occurred_at, f"[{namespace},{identity}]")


def _short_hash(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big")


def _uuid8(occurred_at: datetime, identity: str) -> uuid.UUID:
    """A UUIDv8 (RFC 9562): 48 bits of milliseconds and 74 bits of the SHA-256 of `identity`."""
    digest = int.from_bytes(hashlib.sha256(identity.encode()).digest()[:10], "big")
    milliseconds = int(occurred_at.timestamp()) * 1000 + occurred_at.microsecond // 1000
    value = milliseconds << 80 | 8 << 76 | (digest >> 62 & 0xFFF) << 64
    return uuid.UUID(int=value | 0b10 << 62 | digest & (1 << 62) - 1)


def exported_id(draft: EventDraft) -> uuid.UUID | None:
    """The event id in `draft.source_id` if the draft comes from an export, else None."""
    if len(draft.source_id) != UUID_LENGTH:
        return None
    try:
        own_id = uuid.UUID(draft.source_id)
    except ValueError:
        return None
    return own_id if own_id.version == 8 else None


def canonical_content(draft: EventDraft) -> str:
    """The content of a draft as JSON. Equal contents give equal text."""
    occurred_at, *rest = content_of(draft)
    return encode([occurred_at.isoformat(timespec="microseconds"), *rest])


def content_hash(draft: EventDraft) -> int:
    """64 bits that are equal for equal contents."""
    return _short_hash(canonical_content(draft))


def are_equal(content: Content, other: Content) -> bool:
    """Whether two contents are equal. `data` is compared as JSON: in Python, 1 == True == 1.0."""
    return content[:-1] == other[:-1] and (
        content[-1] == other[-1] == {} or encode(content[-1]) == encode(other[-1])
    )
