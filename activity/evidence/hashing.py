"""Add the events of an existing log to its tree, in steps that can be stopped at any time."""

from django.db import transaction

from activity.evidence.appending import add_leaf_hashes, salts_for
from activity.evidence.leaves import BLOCK_SIZE, block_of
from activity.evidence.stored_leaves import StoredLog
from activity.models import LogHead
from organizations.models import Organization

STEP = 20 * BLOCK_SIZE  # events: writers wait for one step at a time


class EventMissing(Exception):  # noqa: N818 - reads as what it is
    """The log has a gap: there is no event `seq`."""

    def __init__(self, seq: int) -> None:
        super().__init__(f"There is no event {seq}.")
        self.seq = seq


@transaction.atomic
def hash_next(organization: Organization) -> LogHead:
    """Add the next events to the tree. Returns the head; all is done if `hashed == size`.

    Raises `EventMissing`.
    """
    head = LogHead.objects.select_for_update().get(organization=organization)
    after, end = head.hashed, min(head.hashed + STEP, head.size)
    if after == end:
        return head
    salts = salts_for(head, end - after)
    log = StoredLog(organization, head.uuid)
    hashes = []
    for expected, event in enumerate(log.events(after, end), start=after + 1):
        salt = salts[block_of(expected)][expected]
        if event.seq != expected or salt is None:
            raise EventMissing(expected)
        hashes.append(event.leaf_hash(head.uuid.bytes, expected, salt))
    if len(hashes) < end - after:
        raise EventMissing(after + len(hashes) + 1)
    add_leaf_hashes(head, iter(hashes), len(hashes))
    head.save(update_fields=["hashed", "frontier", "salt_key"])
    return head
