"""A feed reader that polls while eight processes record misses nothing and repeats nothing.

FEED_EVENTS=100000 runs it in full.
"""

import os
import sys

import pytest

from tests import processes

EVENTS = int(os.environ.get("FEED_EVENTS", "8000"))


@pytest.mark.django_db(transaction=True)  # which leaves nothing of what processes stored
def test_it_gives_every_event_once_and_in_order(tmp_path):
    variables = processes.environment(tmp_path, API_RATE_PER_MINUTE="1000000")
    result = processes.run(variables, "-m", "tests.api.feed_race", str(EVENTS))
    sys.stdout.write(f"{result}\n")
    assert (result["is_in_order"], result["different"]) == (True, EVENTS)
