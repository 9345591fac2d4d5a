"""Parked events on the page of their destination: shown, retried, discarded."""

import pytest

from activity.delivery.kinds.base import Unavailable
from tests.delivery.destination_pages import LIST, do, history, page_of, park


def test_it_shows_parked_events(siem, as_alice):
    park(siem, 2, 4)
    text = as_alice.get(page_of(siem)).text
    assert "2 parked events" in text
    assert "too salty 4" in text
    assert "Item Read" in text
    assert "too salty" not in as_alice.get(LIST).text


def test_it_tries_parked_events_again(siem, as_alice, receiver):
    park(siem, 1, 2, 3)
    receiver.poison = {2}
    text = do(as_alice, siem, "parked", seq=["1", "2"], retry="1")
    assert "Arrived: 1." in text
    assert "2: too salty" in text
    assert list(siem.parked_events.values_list("seq", flat=True)) == [2, 3]
    assert receiver.seqs == [1]
    assert history(siem) == ["Arrived: 1."]


def test_it_stops_trying_when_the_receiver_is_away(siem, as_alice, receiver):
    park(siem, 1, 2)
    receiver.answers = [Unavailable("away")]
    assert "1: away" in do(as_alice, siem, "parked", seq=["1", "2"], retry="1")
    assert (receiver.attempts, siem.parked_events.count()) == ([[1]], 2)


def test_it_discards_parked_events(siem, as_alice, receiver):
    park(siem, 1, 2, 3)
    assert "Discarded: 1, 3. The events stay in the log." in do(
        as_alice, siem, "parked", seq=["1", "3"], discard="1"
    )
    assert list(siem.parked_events.values_list("seq", flat=True)) == [2]
    assert receiver.attempts == []
    assert history(siem) == ["Discarded: 1, 3. The events stay in the log."]


@pytest.mark.parametrize("numbers", [[], ["9"], ["x"], ["9" * 40], ["-1"], ["1 OR 1"]])
def test_it_wants_to_know_which(siem, as_alice, numbers):
    park(siem, 1)
    assert "Select at least one parked event" in do(
        as_alice, siem, "parked", seq=numbers, discard="1"
    )
    assert siem.parked_events.count() == 1
