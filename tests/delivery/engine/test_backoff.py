import re
from itertools import pairwise
from pathlib import Path

import pytest

from activity.delivery import leases

ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.parametrize(
    ("failures", "seconds"), [(1, 2), (2, 4), (5, 32), (11, 2048), (12, 3600), (10_000, 3600)]
)
def test_it_doubles_up_to_an_hour(failures, seconds):
    assert leases.max_delay(failures) == seconds


@pytest.mark.parametrize("failures", [1, 6, 50])
def test_it_draws_any_time_up_to_the_limit(failures):
    drawn = [leases.retry_delay(failures) for _ in range(300)]
    limit = leases.max_delay(failures)
    assert all(leases.MIN_SECONDS <= seconds <= limit for seconds in drawn)
    assert min(drawn) < 0.2 * limit + leases.MIN_SECONDS
    assert max(drawn) > 0.8 * limit
    assert len(set(drawn)) > 290


@pytest.mark.parametrize(("asked", "least"), [(None, 0), (0, 0), (120, 120), (10**6, 3600)])
def test_it_waits_as_long_as_it_is_asked_up_to_an_hour(asked, least):
    assert least <= leases.retry_delay(1, asked) <= max(least, 2)


def test_it_never_waits_less_for_more_failures():
    assert all(a <= b for a, b in pairwise(leases.max_delay(n) for n in range(1, 30)))


def test_the_document_tells_the_limits():
    text = (ROOT / "docs/reliability.md").read_text()
    table = re.findall(r"^\| (\d+)(?: or more)? \| (\d+) \|$", text, re.MULTILINE)
    assert len(table) > 5
    assert [(int(n), int(seconds)) for n, seconds in table] == [
        (int(n), leases.max_delay(int(n))) for n, _seconds in table
    ]
