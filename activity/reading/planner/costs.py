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
            return _at_most(shares.events, count, hits)
        case Way.TYPE:
            hits = shares.by_people * shares.from_addresses
            there = shares.events * shares.of_types
            return SCATTERED * _at_most(there, shares.types * count, hits)
        case Way.ACTOR:
            hits = shares.of_types * shares.from_addresses
            there = shares.events * shares.by_people
            return SCATTERED * (shares.people + _at_most(there, shares.people + count, hits))
        case Way.ADDRESS:
            return SCATTERED * shares.events * shares.from_addresses


def _at_most(there: float, wanted: float, hits: float) -> float:
    """How many of `there` are read until `wanted` are found; all when none of them is a hit."""
    return min(wanted / hits, there) if hits else there
