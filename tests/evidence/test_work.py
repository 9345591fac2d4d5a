"""The worker writes the tiles of logs that have grown."""

from datetime import timedelta

import pytest

from activity.evidence import work as module
from activity.evidence.models import EvidenceState, SaltBlock, Tile
from activity.evidence.work import EvidenceWork
from activity.models import LogHead
from activity.recording import record
from tests.evidence.test_tree import drafts

pytestmark = pytest.mark.django_db


@pytest.fixture
def turn():
    """Takes one turn of the task at once."""
    return lambda: EvidenceWork()(lambda: False)


def tiled(organization):
    return EvidenceState.of(organization).tiled


def make_older(organization):
    state = EvidenceState.of(organization)
    state.tiled_at -= timedelta(minutes=6)
    state.save()


def test_it_tiles_a_new_log_at_once_and_then_every_five_minutes(acme, birch, turn):
    assert not turn()
    record(acme, drafts(3))
    record(birch, drafts(300))
    assert turn()
    assert (tiled(acme), tiled(birch)) == (3, 300)
    record(acme, drafts(3, 3))
    assert not turn()
    make_older(acme)
    assert turn()
    assert tiled(acme) == 6
    make_older(acme)
    assert not turn()


def test_it_tiles_many_events_at_once(acme, turn, monkeypatch):
    monkeypatch.setattr(module, "MAX_NEWS", 50)
    record(acme, drafts(1))
    turn()
    record(acme, drafts(49, 1))
    assert not turn()
    record(acme, drafts(1, 50))
    assert turn()
    assert tiled(acme) == 51


def test_it_looks_only_every_five_seconds(acme):
    task = EvidenceWork()
    assert not task(lambda: False)
    record(acme, drafts(3))
    assert not task(lambda: False)
    task.next_look = 0
    assert task(lambda: False)


def test_it_stops_between_two_logs(acme, birch):
    record(acme, drafts(3))
    record(birch, drafts(3))
    answers = iter([False, True])
    assert EvidenceWork()(lambda: next(answers))
    assert sorted([tiled(acme), tiled(birch)]) == [0, 3]


def test_it_reports_a_log_that_was_altered_once(acme, birch, turn, caplog):
    for organization in (acme, birch):
        record(organization, drafts(300))
    SaltBlock.objects.filter(organization=acme, block=1).update(key=bytes(32))
    assert turn()
    assert [record.message for record in caplog.records] == [
        (
            "The log of acme was altered: The events 1 to 300 differ from the tree of the log. "
            "Run “verify_log”."
        )
    ]
    assert EvidenceState.of(acme).problem == {"first": 1, "last": 300}
    assert not Tile.objects.filter(organization=acme).exists()
    assert tiled(birch) == 300
    assert not turn()
    assert len(caplog.records) == 1


def test_it_leaves_a_log_alone_that_is_not_hashed(acme, turn):
    record(acme, drafts(3))
    LogHead.objects.update(hashed=0, frontier=b"")
    assert not turn()
