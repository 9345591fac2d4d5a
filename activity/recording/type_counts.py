"""Counts of events by type. A log counts at most `MAX_COUNTED_CODES` types one by one.

Anybody who may write events may invent codes. Without a bound, each page of the log would list them
all.
"""

from collections import Counter
from collections.abc import Iterable

from activity.event_types import BEYOND, EVENT_TYPES, MAX_COUNTED_CODES
from activity.models import LogHead


def add(head: LogHead, codes: Iterable[str]) -> None:
    """Count events with these `codes`. The caller holds the lock of `head`, and saves it.

    A code is counted by itself from its first event on, or never. So its count is exact.
    """
    counts = dict(head.type_counts)
    for code, number in Counter(codes).items():
        if code not in counts and BEYOND not in counts:
            if len(counts) < MAX_COUNTED_CODES:
                counts[code] = 0
            else:
                counts = {**dict.fromkeys(EVENT_TYPES.codes(), 0), **counts, BEYOND: 0}
        counts[code if code in counts else BEYOND] += number
    head.type_counts = counts


def key_of(head: LogHead, code: str) -> str:
    """The key under which events with this code are counted, here and in the daily counts."""
    return code if code in head.type_counts else BEYOND
