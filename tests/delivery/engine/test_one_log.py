"""Parked events are read from the log of their organization only."""

import pytest

from activity.delivery import operations
from tests.delivery.destination_pages import LIST, page_of
from tests.delivery.engine.fakes import fill, run_turn

pytestmark = pytest.mark.django_db


def test_it_tries_parked_events_again_from_one_log(siem, receiver, acme, watched):
    fill(acme, 3)
    receiver.poison = {2}
    run_turn()
    receiver.poison = set()
    assert watched(lambda: operations.try_again(siem.parked_events.get()))
    assert receiver.seqs == [1, 3, 2]


@pytest.mark.parametrize("has_citus", [True, False])
@pytest.mark.parametrize("page", ["list", "change"])
def test_it_shows_parked_events_from_one_log(
    page, has_citus, siem, receiver, acme, as_alice, watched, monkeypatch
):
    fill(acme, 3)
    receiver.poison = {2}
    run_turn()
    fill(acme, 1, item_id="i_1")

    def look():
        monkeypatch.setattr("activity.recording.duplicates.has_citus", lambda using: has_citus)
        assert as_alice.get(LIST if page == "list" else page_of(siem)).status_code == 200

    assert watched(look)
