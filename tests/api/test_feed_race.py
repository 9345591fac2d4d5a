"""A reader polls the feed while eight processes record, and receives each event exactly once.

FEED_EVENTS=100000 runs the full test.
"""

import os
import sys

import pytest

from tests import processes

pytestmark = pytest.mark.slow

EVENTS = int(os.environ.get("FEED_EVENTS", "8000"))


@pytest.mark.django_db(transaction=True)  # it deletes what the processes stored
def test_it_gives_every_event_once_and_in_order(tmp_path):
    variables = processes.environment(tmp_path, API_RATE_PER_MINUTE="1000000")
    result = processes.run(variables, "-m", "tests.api.feed_race", str(EVENTS))
    sys.stdout.write(f"{result}\n")
    assert (result["is_in_order"], result["different"]) == (True, EVENTS)
