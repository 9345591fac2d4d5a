"""Compare drafts with the events that are already stored. This module only reads."""

import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from django.db.models import F, QuerySet

from activity.drafts import EventDraft
from activity.ip import canonical_ip
from activity.models import Actor, Event, LogHead
from activity.recording.identity import (
    Content,
    are_equal,
    content_of,
    exported_id,
    former_ids,
    is_exported_row,
)
from activity.scaling import has_citus
from organizations.models import Organization

LOOKUP_BATCH = 1000

# Whether a draft is the event that is stored under an id, or under the id that it had elsewhere or
# formerly. None if neither is stored.
IsStored = Callable[[EventDraft, uuid.UUID, uuid.UUID | None], bool | None]


@dataclass(frozen=True, slots=True)
class BatchContext:
    """State that the batches of one file share.

    `seen` and `formerly_seen` count equal drafts without an id. `actors` caches primary keys by
    e-mail address and name. Discard the context when `record()` raises. Discard `actors` when a
    transaction is rolled back.
    """

    seen: dict[int, int] = field(default_factory=dict)
    formerly_seen: dict[int, int] = field(default_factory=dict)
    actors: dict[tuple[str, str], int] = field(default_factory=dict)


@dataclass(slots=True)
class Classified:
    """Drafts to store by event id, the number of duplicates, and the indexes of conflicts."""

    new: dict[uuid.UUID, EventDraft] = field(default_factory=dict)
    duplicates: int = 0
    conflicts: list[int] = field(default_factory=list)


def classify(
    drafts: Sequence[EventDraft],
    ids: Sequence[uuid.UUID],
    others: Sequence[uuid.UUID | None],
    is_stored: IsStored,
) -> Classified:
    """Sort `drafts` into new events, duplicates and conflicts, in order.

    `ids` are the event ids of the drafts, `others` those of `other_ids`.
    """
    result = Classified()
    for index, (draft, event_id, other) in enumerate(zip(drafts, ids, others, strict=True)):
        if first := result.new.get(event_id):
            is_equal: bool | None = are_equal(draft.source, content_of(first), content_of(draft))
        else:
            is_equal = is_stored(draft, event_id, other)
        if is_equal is None:
            result.new[event_id] = draft
        elif is_equal:
            result.duplicates += 1
        else:
            result.conflicts.append(index)
    return result


def other_ids(
    head: LogHead, drafts: Sequence[EventDraft], context: BatchContext
) -> list[uuid.UUID | None]:
    """A second id under which each draft may be stored: the one that it had in an export of a log,
    or the one that it got by former rules."""
    exported: list[uuid.UUID | None] = [exported_id(draft) for draft in drafts]
    if not head.has_former_ids:
        return exported
    former = former_ids(head.organization, drafts, context.formerly_seen)
    return [first or second for first, second in zip(exported, former, strict=True)]


@dataclass(frozen=True, slots=True)
class StoredEvents:
    """The contents of stored events, by id and by `seq`."""

    by_id: dict[uuid.UUID, Content]
    by_seq: dict[int, Content]

    def is_stored(
        self, draft: EventDraft, event_id: uuid.UUID, other: uuid.UUID | None
    ) -> bool | None:
        """See `IsStored`."""
        content = self.by_id.get(event_id) or (other and self.by_id.get(other))
        if content:
            return are_equal(draft.source, content, content_of(draft))
        numbered = self.by_seq.get(draft.log_seq or 0)
        return True if numbered and is_exported_row(numbered, draft) else None


def stored_events(
    head: LogHead,
    drafts: Sequence[EventDraft],
    ids: Iterable[uuid.UUID | None],
    context: BatchContext,
) -> StoredEvents:
    """The stored events with one of `ids`, or with the number of one of `drafts`."""
    stored = StoredEvents({}, {})
    organization = head.organization
    known_ids = [one for one in ids if one]
    for start in range(0, len(known_ids), LOOKUP_BATCH):
        events = _by_primary_key(organization, known_ids[start : start + LOOKUP_BATCH])
        for pk, _seq, content in _contents(organization, events, context):
            stored.by_id[pk] = content
    numbers = [draft.log_seq or 0 for draft in drafts if has_number_in(head, draft.log_seq)]
    for start in range(0, len(numbers), LOOKUP_BATCH):
        numbered = numbers[start : start + LOOKUP_BATCH]
        events = Event.objects.filter(organization=organization, seq__in=numbered)
        for _pk, seq, content in _contents(organization, events, context):
            stored.by_seq[seq] = content
    return stored


def has_number_in(head: LogHead, seq: int | None) -> bool:
    """Whether the log has an event with the number `seq`."""
    return seq is not None and 0 < seq <= head.size


def _contents(
    organization: Organization, events: QuerySet[Event], context: BatchContext
) -> Iterator[tuple[uuid.UUID, int, Content]]:
    """Id, `seq` and content of each of `events`."""
    rows = events.values_list(
        "actor_id", "pk", "seq", "occurred_at", "event_type", "ip", "vault_id", "item_id",
        "client", "data",
    )  # fmt: skip
    people = _people(organization, {actor_id for actor_id, *_ in rows}, context)
    for actor_id, pk, seq, occurred_at, code, ip, *rest in rows:
        address = ip and canonical_ip(ip)  # PostgreSQL writes ::c633:6409 as ::198.51.100.9
        yield pk, seq, (occurred_at, code, *people[actor_id], address, *rest)


def _people(
    organization: Organization, keys: set[int], context: BatchContext
) -> dict[int, tuple[str, str]]:
    """E-mail address and name by actor. Includes all of `keys` and all cached actors."""
    people = {pk: person for person, pk in context.actors.items()}
    if missing := keys - people.keys():
        actors = Actor.objects.filter(organization=organization, pk__in=missing)
        for pk, email, name in actors.values_list("pk", "email", "name"):
            people[pk] = email, name
            context.actors[email, name] = pk
    return people


def _by_primary_key(organization: Organization, ids: Sequence[uuid.UUID]) -> QuerySet[Event]:
    """The events with `ids`, found by the primary key.

    `organization_id + 0` keeps PostgreSQL from using an index that starts with the organization.
    Before an organization has statistics, the planner assumes that its log is empty and would scan
    the whole log for every batch. Citus needs the plain column to choose the server.
    """
    if has_citus(Event.objects.db):
        return Event.objects.filter(organization=organization, pk__any_of=ids)
    events = Event.objects.alias(of=F("organization_id") + 0)
    return events.filter(of=organization.pk, pk__any_of=ids)
