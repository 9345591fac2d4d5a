"""Write events to the log. `record()` is the only function that creates them.

Each call runs in one transaction and locks the organization's `LogHead`. So `seq` has no gaps, and
a reader that follows `seq` misses no event.
"""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from activity.drafts import EventDraft
from activity.evidence import appending
from activity.models import Actor, Event, LogHead
from activity.recording import bulk_insert, daily_counts, type_counts
from activity.recording.duplicates import (
    BatchContext,
    classify,
    has_number_in,
    other_ids,
    stored_events,
)
from activity.recording.identity import event_ids
from organizations.models import Organization

MAX_CACHED_ACTORS = 50_000  # per context
COLUMNS = (
    "id", "organization_id", "seq", "occurred_at", "received_at", "actor_id", "event_type", "ip",
    "vault_id", "item_id", "client", "source", "source_id", "data",
)  # fmt: skip
LAST_ACTIVITY_STEP = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Receipt:
    """The result of recording a batch.

    `conflicts` are the indexes of drafts that were not stored because the log holds other content
    under the same id. `last_seq` is the highest `seq` of the log.
    """

    accepted: int
    duplicates: int
    conflicts: tuple[int, ...]
    last_seq: int


def record(
    organization: Organization,
    drafts: Sequence[EventDraft],
    *,
    context: BatchContext | None = None,
    expects_new: bool = False,
) -> Receipt:
    """Store the new events among `drafts`, in order. Either all of them are stored or none.

    A draft with the id of a stored event is a duplicate if the content is equal, else a conflict.
    Neither is stored. The id is the source's, or ours if the file is an export of this log. A row
    of a CSV that was exported from this log has no id; its number and content tell.
    Equal drafts without an id are different events. So the batches of one file must share one
    `context`.
    `expects_new=True` inserts without looking up existing ids first. Same result; slower when some
    already exist.
    """
    context = context or BatchContext()
    ids = list(event_ids(organization, drafts, context.seen))
    with transaction.atomic():
        head = _locked_head(organization)
        others = other_ids(head, drafts, context)
        by_id = dict(zip(ids, drafts, strict=True))
        can_skip_lookup = (
            expects_new
            and len(by_id) == len(ids)
            and not any(others)
            and not any(has_number_in(head, draft.log_seq) for draft in drafts)
        )
        if can_skip_lookup and _insert_unless_any_exists(head, by_id, context):
            return Receipt(len(ids), 0, (), head.size)
        stored = stored_events(head, drafts, [*ids, *others], context)
        result = classify(drafts, ids, others, stored.is_stored)
        if result.new:
            _insert(head, result.new, context)
    return Receipt(len(result.new), result.duplicates, tuple(result.conflicts), head.size)


def _insert_unless_any_exists(
    head: LogHead, new: dict[uuid.UUID, EventDraft], context: BatchContext
) -> bool:
    """Insert without a lookup. Return False, and change nothing, if an id already exists."""
    try:
        with transaction.atomic():
            _insert(head, new, context)
    except IntegrityError:
        return False
    return True


def _insert(head: LogHead, new: dict[uuid.UUID, EventDraft], context: BatchContext) -> None:
    if len(context.actors) > MAX_CACHED_ACTORS:
        context.actors.clear()
    people = {(draft.email, draft.name) for draft in new.values()} - context.actors.keys()
    actors = context.actors | _actor_ids(head.organization, people) if people else context.actors
    now = timezone.now()
    bulk_insert.insert(Event, COLUMNS, _rows(head.organization, head.size, new, actors, now))
    appending.add_recorded(head, list(new.items()), now)
    _advance(head, list(new.values()))
    context.actors.update(actors)


def _locked_head(organization: Organization) -> LogHead:
    head, _ = LogHead.objects.select_for_update().get_or_create(
        organization=organization, defaults={"time_zone": organization.time_zone}
    )
    # The caller's instance may hold an old time zone.
    head.organization = Organization.objects.get(pk=organization.pk)
    return head


def _actor_ids(
    organization: Organization, wanted: set[tuple[str, str]]
) -> dict[tuple[str, str], int]:
    """The primary key of each (e-mail address, name). Missing actors are created."""
    known = {
        (email, name): pk
        for pk, email, name in Actor.objects.filter(
            organization=organization, email__any_of={email for email, _ in wanted}
        ).values_list("pk", "email", "name")
    }
    missing = [
        Actor(
            organization=organization,
            email=email,
            name=name,
            email_key=Actor.fold(email),
            search_key=f"{Actor.fold(email)}\n{Actor.fold(name)}",
        )
        for email, name in sorted(wanted - known.keys())
    ]
    for actor in Actor.objects.bulk_create(missing):
        known[actor.email, actor.name] = actor.pk
    return known


def _rows(
    organization: Organization,
    last_seq: int,
    new: dict[uuid.UUID, EventDraft],
    actors: dict[tuple[str, str], int],
    now: datetime,
) -> Iterator[tuple[Any, ...]]:
    """Rows with the values of `COLUMNS`. `now` is when drafts without `received_at` arrived."""
    for seq, (event_id, draft) in enumerate(new.items(), start=last_seq + 1):
        yield (
            event_id,
            organization.pk,
            seq,
            draft.occurred_at,
            draft.received_at or now,
            actors[draft.email, draft.name],
            draft.event_type,
            draft.ip,
            draft.vault_id,
            draft.item_id,
            draft.client,
            draft.source,
            draft.source_id,
            draft.data,
        )


def _advance(head: LogHead, new: list[EventDraft]) -> None:
    times = [draft.occurred_at for draft in new]
    head.size += len(new)
    type_counts.add(head, (draft.event_type for draft in new))
    head.earliest = min(filter(None, [head.earliest, *times]))
    latest = max(filter(None, [head.latest, *times]))
    has_moved = head.latest is None or latest > head.latest
    head.latest = latest
    daily_counts.add(head, [(draft.occurred_at, draft.event_type) for draft in new])
    head.save()
    if has_moved:
        Organization.objects.filter(pk=head.pk).filter(
            Q(last_activity_at=None) | Q(last_activity_at__lt=latest - LAST_ACTIVITY_STEP)
        ).update(last_activity_at=latest)
