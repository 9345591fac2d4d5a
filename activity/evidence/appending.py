"""Add recorded events to the tree of their log. The caller holds the lock of the log's head."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import islice
from uuid import UUID

from activity.drafts import EventDraft
from activity.evidence import leaves
from activity.evidence.leaves import BLOCK_SIZE, Salts, block_of
from activity.evidence.merkle import Frontier, leaf_hash
from activity.evidence.models import SaltBlock, Subtree
from activity.models import LogHead

SUBTREE_LEVEL = 16
SUBTREE_SIZE = 1 << SUBTREE_LEVEL


def add_recorded(
    head: LogHead, recorded: Sequence[tuple[UUID, EventDraft]], received_at: datetime
) -> None:
    """Add new events, which follow event `head.size`, to the tree. The caller saves `head`.

    `received_at` is for drafts that have none. Does nothing if earlier events are not in the tree
    yet: then `hash_log` adds these, too.
    """
    if head.hashed != head.size:
        return
    salts = salts_for(head, len(recorded))
    organization, now = head.uuid.bytes, leaves.microseconds(received_at)
    people: dict[tuple[str, str], str] = {}

    def hashes() -> Iterator[bytes]:
        for seq, (event_id, draft) in enumerate(recorded, start=head.hashed + 1):
            key = draft.email, draft.name
            person = people.get(key)
            if person is None:
                person = people[key] = leaves.person_json(*key)
            received = leaves.microseconds(draft.received_at) if draft.received_at else now
            salt = salts[block_of(seq)][seq]
            yield leaf_hash(
                leaves.leaf(
                    organization,
                    seq,
                    leaves.microseconds(draft.occurred_at),
                    received,
                    draft.event_type,
                    salt or leaves.NO_SALT,
                    leaves.personal_part(
                        event_id,
                        person,
                        draft.ip,
                        draft.vault_id,
                        draft.item_id,
                        draft.client,
                        draft.data,
                    ),
                )
            )

    add_leaf_hashes(head, hashes(), len(recorded))


def salts_for(head: LogHead, number: int) -> dict[int, Salts]:
    """The salts, by block, of the next `number` events of the tree. Creates keys of new blocks."""
    first, last = block_of(head.hashed + 1), block_of(head.hashed + number)
    salts: dict[int, Salts] = {}
    if head.hashed % BLOCK_SIZE:  # the first block has been begun
        key = bytes(head.salt_key)
        if key:
            salts[first] = Salts(key)
        else:
            begun = SaltBlock.objects.get(organization=head.organization, block=first)
            salts[first] = begun.unpacked
    new = {block: leaves.new_key() for block in range(first + len(salts), last + 1)}
    SaltBlock.objects.bulk_create(
        [
            SaltBlock(organization=head.organization, block=block, key=key)
            for block, key in new.items()
        ]
    )
    salts.update({block: Salts(key) for block, key in new.items()})
    head.salt_key = salts[last].key
    return salts


def add_leaf_hashes(head: LogHead, hashes: Iterator[bytes], number: int) -> None:
    """Add the next `number` hashes to the tree of `head`, and store full subtrees."""
    frontier = Frontier.from_bytes(head.hashed, bytes(head.frontier))
    left = number
    while left:
        step = min(left, SUBTREE_SIZE - frontier.size % SUBTREE_SIZE)
        if (frontier.size + step) % SUBTREE_SIZE:
            frontier.add(islice(hashes, step))
        else:
            _complete_subtree(head, frontier, islice(hashes, step))
        left -= step
    head.hashed, head.frontier = frontier.size, frontier.to_bytes()


def _complete_subtree(head: LogHead, frontier: Frontier, hashes: Iterator[bytes]) -> None:
    index = frontier.size // SUBTREE_SIZE
    begun = Frontier(
        frontier.size % SUBTREE_SIZE, frontier.hashes[(index * SUBTREE_SIZE).bit_count() :]
    )
    begun.add(hashes)
    (subtree,) = begun.hashes
    rest = Frontier(index * SUBTREE_SIZE, frontier.hashes[: (index * SUBTREE_SIZE).bit_count()])
    rest.add_subtree(SUBTREE_LEVEL, subtree)
    frontier.size, frontier.hashes = rest.size, rest.hashes
    Subtree.objects.create(organization=head.organization, index=index, hash=subtree)
