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
# What is compared of two events with the same id. The last element is `data`.
Content = tuple[Any, ...]
FIELDS = (
    "occurred_at", "event_type", "email", "name", "ip", "vault_id", "item_id", "client", "data",
)  # fmt: skip
content_of: Callable[[EventDraft], Content] = attrgetter(*FIELDS)
NAME = FIELDS.index("name")
# The sources whose data is their own. That of others is the row of a vendor: a later version of its
# API tells more of the same event, and a later version of ours may call its type otherwise.
OWN_SOURCES = {"native", "cloudevents"}
REPORTED = {FIELDS.index(name) for name in ("occurred_at", "email", "ip", "vault_id", "item_id")}


def event_ids(
    organization: Organization, drafts: Iterable[EventDraft], seen: dict[int, int]
) -> Iterator[uuid.UUID]:
    """The event id of each draft, derived from the source's id or, without one, the content.

    The actor's name is no part of it, because people change their names. `seen` counts equal
    drafts without an id. It is updated, and passed on from batch to batch.
    """
    for draft in drafts:
        if draft.source_id:
            namespace = f"{organization.pk},{encode(draft.source)}"
            identity = f'[{namespace},"id",{encode(draft.source_id)}]'
            yield _uuid8(draft.occurred_at, identity)
        else:
            yield _content_id(organization, draft, _without_name(draft), seen)


def former_ids(
    organization: Organization, drafts: Iterable[EventDraft], seen: dict[int, int]
) -> Iterator[uuid.UUID | None]:
    """The id that an event without an id of its source got while names were a part of it.

    None where it is the same as now. `seen` as in `event_ids`.
    """
    for draft in drafts:
        is_other = draft.name and not draft.source_id
        yield _content_id(organization, draft, content_of(draft), seen) if is_other else None


def _content_id(
    organization: Organization, draft: EventDraft, values: Content, seen: dict[int, int]
) -> uuid.UUID:
    source, content = encode(draft.source), f'"content",{_canonical(values)[1:-1]}'
    key = _short_hash(f"[{source},{content}]")
    ordinal = seen.get(key, 0)
    seen[key] = ordinal + 1
    return _uuid8(draft.occurred_at, f"[{organization.pk},{source},{content},{ordinal}]")


def _without_name(draft: EventDraft) -> Content:
    """The content without the actor's name, which the row of a vendor may hold, too."""
    name, data = draft.name, draft.data
    if not name:
        return content_of(draft)
    if draft.source not in OWN_SOURCES:
        data = {key: None if value == name else value for key, value in data.items()}
    content = content_of(draft)
    return (*content[:NAME], "", *content[NAME + 1 : -1], data)


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


def _canonical(content: Content) -> str:
    """A content as JSON. Equal contents give equal text."""
    occurred_at, *rest = content
    return encode([occurred_at.isoformat(timespec="microseconds"), *rest])


def content_hash(draft: EventDraft) -> int:
    """64 bits that are equal if `are_equal` is true."""
    if draft.source in OWN_SOURCES:
        return _short_hash(_canonical(_without_name(draft)))
    content = content_of(draft)
    return _short_hash(_canonical(tuple(content[index] for index in sorted(REPORTED))))


def are_equal(source: str, content: Content, other: Content) -> bool:
    """Whether two contents with one id are the same event, whatever the actor was called.

    `data` is compared as JSON: in Python, 1 == True == 1.0. For a vendor's row, its data, app and
    type are not compared.
    """
    if source not in OWN_SOURCES:
        return all(content[index] == other[index] for index in REPORTED)
    return (
        content[:NAME] == other[:NAME]
        and content[NAME + 1 : -1] == other[NAME + 1 : -1]
        and (content[-1] == other[-1] == {} or encode(content[-1]) == encode(other[-1]))
    )


def is_exported_row(stored: Content, draft: EventDraft) -> bool:
    """Whether a row of our CSV tells of the event `stored`, which has its number in the log.

    The CSV lacks data and app. A spreadsheet may have dropped the fraction or the seconds.
    """
    content = content_of(draft)
    time, told = stored[0], draft.occurred_at
    if not told.microsecond:
        time = time.replace(microsecond=0)
        time = time if told.second else time.replace(second=0)
    return time == told and all(
        stored[index] == content[index] for index in {*REPORTED, FIELDS.index("event_type")} - {0}
    )
