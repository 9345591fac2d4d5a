"""Every event arrives, in order, although receivers fail and workers are killed.

docs/reliability.md has the figures of longer runs.
"""

import sys

import pytest

from tests import processes

pytestmark = pytest.mark.slow


@pytest.mark.django_db(transaction=True)  # it deletes what the processes stored
def test_it_delivers_every_event_in_order_through_faults_and_kills(tmp_path):
    result = processes.run(
        processes.environment(tmp_path), "-m", "tests.delivery.chaos", "--events", "2000"
    )
    sys.stdout.write(f"{result}\n")
    assert (result["recorded"], result["arrived"], result["in_order"]) == (2000, 2000, True)
    assert (result["parked"], result["ended_by_themselves"]) == (0, 0)
    assert result["kills"] >= 5
    assert sum(result["faults"].values()) >= 5
    assert len(result["faults"]) >= 3
