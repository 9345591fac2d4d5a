"""The cost model of the planner."""

import pytest

from activity.reading.planner.costs import AccessPath, Selectivity, cheapest_path

EVERY_WAY = set(AccessPath)
LOG = {"events": 15e6, "by_people": 0.035, "of_types": 1, "from_addresses": 1}


@pytest.mark.parametrize(
    ("people", "shares", "way"),
    [
        ("many who do most", {"people": 20_000, "by_people": 1}, AccessPath.TIME),
        ("hundreds", {"people": 700}, AccessPath.TIME),
        ("hundreds, a rare type", {"people": 700, "of_types": 0.02, "types": 1}, AccessPath.TYPE),
        ("hundreds, a rare address", {"people": 700, "from_addresses": 0.0016}, AccessPath.ADDRESS),
        ("hundreds, a frequent address", {"people": 700, "from_addresses": 0.05}, AccessPath.TIME),
        ("idle people", {"people": 500, "by_people": 0.000_000_1}, AccessPath.ACTOR),
        (
            "idle people, a rare type",
            {"people": 500, "by_people": 0.000_000_1, "of_types": 0.02, "types": 1},
            AccessPath.ACTOR,
        ),
        ("three", {"people": 3, "by_people": 0.001, "from_addresses": 0.0016}, AccessPath.ACTOR),
    ],
)
def test_it_takes_the_way_that_reads_least(people, shares, way):
    ways = EVERY_WAY if "types" in shares else EVERY_WAY - {AccessPath.TYPE}
    assert cheapest_path(Selectivity(**(LOG | {"types": 0} | shares)), 51, ways) is way


def test_it_looks_by_type_for_types_that_the_log_does_not_have():
    shares = Selectivity(**LOG | {"people": 700, "types": 1, "of_types": 0})
    assert cheapest_path(shares, 51, EVERY_WAY - {AccessPath.ADDRESS}) is AccessPath.TYPE


def test_it_takes_no_way_that_is_not_there():
    shares = Selectivity(**LOG | {"people": 700, "types": 1, "of_types": 0.02})
    assert cheapest_path(shares, 51, {AccessPath.TIME, AccessPath.ACTOR}) is not AccessPath.TYPE
