"""Which index finds the events of a page with the fewest rows read. Pure arithmetic.

The model assumes that the filters are independent of each other.
"""

from dataclasses import dataclass
from enum import Enum, auto

# Events of the same time lie together on disk. Those of one person or IP address do not, so
# reading one of them costs as much as reading 3 in order of time.
RANDOM_READ_COST = 3


class AccessPath(Enum):
    """The index that is read. The other filters are tested on each event that it finds."""

    TIME = auto()
    ACTOR = auto()
    TYPE = auto()
    ADDRESS = auto()


@dataclass(frozen=True, slots=True)
class Selectivity:
    """Selectivity of each filter, as a fraction of `events`.

    `people` and `types` are the numbers of actors and event types that match.
    """

    events: float
    by_people: float
    of_types: float
    from_addresses: float
    people: int
    types: int


def cheapest_path(selectivity: Selectivity, count: int, candidates: set[AccessPath]) -> AccessPath:
    """The candidate that finds the first `count` events in order with the fewest reads."""
    return min(
        sorted(candidates, key=lambda path: path.value),
        key=lambda path: _reads(path, selectivity, count),
    )


def _reads(path: AccessPath, selectivity: Selectivity, count: int) -> float:
    """Estimated cost, in sequential reads. A read in order of time stops at `count` matches."""
    match path:
        case AccessPath.TIME:
            hit_rate = selectivity.by_people * selectivity.of_types * selectivity.from_addresses
            return _reads_until(selectivity.events, count, hit_rate)
        case AccessPath.TYPE:
            hit_rate = selectivity.by_people * selectivity.from_addresses
            available = selectivity.events * selectivity.of_types
            return RANDOM_READ_COST * _reads_until(available, selectivity.types * count, hit_rate)
        case AccessPath.ACTOR:
            hit_rate = selectivity.of_types * selectivity.from_addresses
            available = selectivity.events * selectivity.by_people
            reads = _reads_until(available, selectivity.people + count, hit_rate)
            return RANDOM_READ_COST * (selectivity.people + reads)
        case AccessPath.ADDRESS:
            return RANDOM_READ_COST * selectivity.events * selectivity.from_addresses


def _reads_until(available: float, wanted: float, hit_rate: float) -> float:
    """How many of `available` rows are read to find `wanted`; all of them if none matches."""
    return min(wanted / hit_rate, available) if hit_rate else available
