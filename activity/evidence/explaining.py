"""What happened to an event whose leaf hash is not in the tree."""

from enum import StrEnum

from django.utils.translation import gettext as _

from activity.evidence.leaves import Salts, block_of
from activity.evidence.stored_leaves import StoredEvent, StoredLog


class Fault(StrEnum):
    """What is wrong with an event, or with what it is compared with."""

    ALTERED = "altered"
    MISSING = "missing"
    INSERTED = "inserted"
    REORDERED = "reordered"
    TILE = "tile"
    TREE = "tree"


def explain(
    log: StoredLog, seq: int, window: range, expected: dict[int, bytes]
) -> tuple[Fault, str]:
    """The fault of event `seq`, and a message.

    `window` are the events to compare it with, `expected` the leaf hashes of its tree by number.
    """
    salts = log.salts(window[0] - 1, window[-1])
    # An event that was inserted pushes the last one out of the window.
    stored = {event.seq: event for event in log.events(window[0] - 1, window[-1] + 1)}

    def is_number(event: StoredEvent, number: int) -> bool:
        """Whether `event` was recorded as event `number`."""
        salt = salts.get(block_of(number), Salts())[number]
        return bool(salt) and expected.get(number) == event.leaf_hash(
            log.uuid.bytes, number, salt or b""
        )

    origin = next((number for number in window if is_number(stored[seq], number)), None)
    place = next((event.seq for event in stored.values() if is_number(event, seq)), None)
    if place == seq + 1 and origin is None:
        return Fault.INSERTED, _("It was inserted: the event of this number comes after it.")
    if origin == seq + 1 and place is None:
        return Fault.MISSING, _("It was removed, and the following events were renumbered.")
    if origin is not None:
        return Fault.REORDERED, _("It was recorded as event %(seq)d.") % {"seq": origin}
    return Fault.ALTERED, _("It is not what was recorded.")
