"""Which index leads to a page with the fewest rows read. Pure arithmetic.

The shares are those of all events in question. Filters are taken to be independent of each other.
"""

from dataclasses import dataclass
from enum import Enum, auto

# Events of one time lie together on disk, those of one person or address do not.
SCATTERED = 3


class Way(Enum):
    """The index that is read; the other filters are tested on each event that it finds."""

    TIME = auto()
    ACTOR = auto()
    TYPE = auto()
    ADDRESS = auto()


@dataclass(frozen=True, slots=True)
class Shares:
    """Of `events` events, which part is by the people asked for, of the types, from the addresses.
    `people` and `types` are how many of them there are.
    """

    events: float
    by_people: float
    of_types: float
    from_addresses: float
    people: int
    types: int


def cheapest(shares: Shares, count: int, ways: set[Way]) -> Way:
    """The way, of `ways`, that finds the first `count` events in order with the fewest reads."""
    return min(sorted(ways, key=lambda way: way.value), key=lambda way: _reads(way, shares, count))


def _reads(way: Way, shares: Shares, count: int) -> float:
    """How many events are read. What comes in the order of time ends as soon as it has enough."""
    match way:
        case Way.TIME:
            hits = shares.by_people * shares.of_types * shares.from_addresses
            return min(count / hits, shares.events)
        case Way.TYPE:
            hits = shares.by_people * shares.from_addresses
            needed = shares.types * count / hits
            return SCATTERED * min(needed, shares.events * shares.of_types)
        case Way.ACTOR:
            needed = (shares.people + count) / (shares.of_types * shares.from_addresses)
            return SCATTERED * (shares.people + min(needed, shares.events * shares.by_people))
        case Way.ADDRESS:
            return SCATTERED * shares.events * shares.from_addresses
