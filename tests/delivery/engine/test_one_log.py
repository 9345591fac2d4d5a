"""An event that was set aside is read from the log of its organization alone."""

import pytest

from activity.delivery import operations
from tests.delivery.engine.fakes import fill, run_turn

pytestmark = pytest.mark.django_db


def test_it_tries_parked_events_again_from_one_log(siem, receiver, acme, watched):
    fill(acme, 3)
    receiver.poison = {2}
    run_turn()
    receiver.poison = set()
    assert watched(lambda: operations.try_again(siem.parked_events.get()))
    assert receiver.seqs == [1, 3, 2]
