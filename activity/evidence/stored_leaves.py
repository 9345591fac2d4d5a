"""Compute leaf hashes again from the stored events."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from activity.evidence import leaves
from activity.evidence.leaves import Salts, block_of
from activity.evidence.merkle import leaf_hash
from activity.evidence.models import SaltBlock
from activity.ip import canonical_ip
from activity.models import Actor, Event
from organizations.models import Organization

BATCH = 10 * leaves.BLOCK_SIZE  # events
MAX_CACHED_ACTORS = 50_000
FIELDS = (
    "seq", "occurred_at", "received_at", "event_type", "id", "actor_id", "ip", "vault_id",
    "item_id", "client", "data",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """The parts of a leaf that do not depend on the number of the event."""

    seq: int
    occurred_at: int
    received_at: int
    event_type: str
    personal: bytes

    def leaf_hash(self, organization: bytes, seq: int, salt: bytes) -> bytes:
        """The hash of this event's leaf, if it were number `seq` and had `salt`."""
        return leaf_hash(
            leaves.leaf(
                organization,
                seq,
                self.occurred_at,
                self.received_at,
                self.event_type,
                salt,
                self.personal,
            )
        )


@dataclass(slots=True)
class StoredLog:
    """Reads the events of one log. `uuid` is that of its head."""

    organization: Organization
    uuid: UUID
    _people: dict[int, str] = field(default_factory=dict)

    def leaf_hashes(self, after: int, end: int) -> Iterator[tuple[int, bytes | None]]:
        """The number and the leaf hash of each stored event with `after < seq <= end`, in order.

        The hash is None if the event has no salt, because it was erased.
        """
        organization = self.uuid.bytes
        for first in range(after, end, BATCH):
            last = min(first + BATCH, end)
            salts = self.salts(first, last)
            for event in self.events(first, last):
                salt = salts.get(block_of(event.seq), Salts())[event.seq]
                yield event.seq, event.leaf_hash(organization, event.seq, salt) if salt else None

    def events(self, after: int, end: int) -> list[StoredEvent]:
        rows = list(
            Event.objects.filter(organization=self.organization, seq__gt=after, seq__lte=end)
            .order_by("seq")
            .values_list(*FIELDS)
        )
        self._fetch_people({row[5] for row in rows})
        return list(map(self._event, rows))

    def salts(self, after: int, end: int) -> dict[int, Salts]:
        """The salts of the events with `after < seq <= end`, by block."""
        blocks = SaltBlock.objects.filter(
            organization=self.organization, block__gte=block_of(after + 1), block__lte=block_of(end)
        )
        return {
            block: Salts(bytes(key), bytes(salts))
            for block, key, salts in blocks.values_list("block", "key", "salts")
        }

    def _event(self, row: tuple[Any, ...]) -> StoredEvent:
        seq, occurred_at, received_at, code, event_id, actor, ip, *rest = row
        return StoredEvent(
            seq,
            leaves.microseconds(occurred_at),
            leaves.microseconds(received_at),
            code,
            leaves.personal_part(event_id, self._people[actor], ip and canonical_ip(ip), *rest),
        )

    def _fetch_people(self, keys: set[int]) -> None:
        if len(self._people) > MAX_CACHED_ACTORS:
            self._people.clear()
        missing = keys - self._people.keys()
        if missing:
            actors = Actor.objects.filter(organization=self.organization, pk__in=missing)
            for pk, email, name in actors.values_list("pk", "email", "name"):
                self._people[pk] = leaves.person_json(email, name)
