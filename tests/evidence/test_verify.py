"""`verify_log` names the events that differ from what was recorded."""

import hashlib
import itertools

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from activity.evidence.explaining import Fault
from activity.evidence.merkle import Frontier, root_of
from activity.evidence.models import EvidenceState, SaltBlock, Tile
from activity.evidence.tiling import advance
from activity.evidence.verifying import Anchor, verify
from activity.models import Event, LogHead
from activity.recording import record
from tests.evidence import attacks, independent
from tests.evidence.attacks import tamper
from tests.evidence.test_tree import drafts
from tests.factories import draft

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

SIZE = 600  # two full tiles and a partial one


@pytest.fixture
def log(acme):
    """A log of 600 events with its tiles."""
    record(acme, drafts(SIZE))
    advance(acme, LogHead.objects.get(organization=acme))
    return acme


def found(organization, *anchors):
    """The faults of a verification, by event."""
    report = verify(organization, anchors)
    return {finding.seq: finding.fault for finding in report.findings}


def checkpoint(organization, size):
    """The root that the log had after `size` events."""
    hashes = independent.leaf_hashes(organization)
    return Anchor(size, independent.tree_hash(hashes[:size]), "a checkpoint")


def test_it_verifies_a_log(log):
    anchors = [checkpoint(log, size) for size in (1, 255, 256, 257, 511, 599, 600)]
    report = verify(log, anchors)
    assert report.is_good
    assert (report.size, report.anchors, report.erased, report.unhashed) == (SIZE, 8, 0, 0)
    assert report.root == independent.tree_hash(independent.leaf_hashes(log))


@pytest.mark.parametrize("size", [0, 1, 5, 255, 256, 257])
def test_it_verifies_logs_with_and_without_tiles(acme, size):
    if size:
        record(acme, drafts(size))
    assert verify(acme).is_good
    if size:
        advance(acme, LogHead.objects.get(organization=acme))
        record(acme, drafts(3, size))
    report = verify(acme)
    assert report.is_good
    assert report.size == size + 3 * bool(size)


@pytest.mark.parametrize("seq", [1, 256, 257, 300, 513, 600])
@pytest.mark.parametrize(
    "change",
    [
        "event_type = 'x' || event_type",
        "item_id = item_id || ' '",
        "vault_id = 'x'",
        "client = 'x'",
        "ip = '198.51.100.1'",
        """data = '{"a":1}'""",
        "occurred_at = '2026-11-01 00:00:00+00:00'",
        "received_at = '2026-11-01 00:00:00+00:00'",
        "actor_id = (SELECT max(id) + 0 FROM activity_actor WHERE name = '')",
    ],
)
def test_it_names_an_altered_event(log, seq, change):
    change = change.replace("+00:00", "" if connection.vendor == "sqlite" else "+00:00")
    tamper(f"UPDATE activity_event SET {change} WHERE seq = {seq}")
    if "actor_id" in change and seq % 7 == 4:
        return  # that event has this actor
    assert found(log) == {seq: Fault.ALTERED}


def test_it_names_an_event_with_another_id(log):
    tamper("UPDATE activity_event SET id = '0190a0e3cc1e8abc8abcabcabcabcabc' WHERE seq = 300")
    assert found(log) == {300: Fault.ALTERED}


def test_it_names_the_events_of_an_altered_actor(log):
    event = Event.objects.select_related("actor").get(seq=300)
    seqs = [*Event.objects.filter(actor=event.actor).values_list("seq", flat=True)]
    tamper(f"UPDATE activity_actor SET name = name || '.' WHERE id = {event.actor_id}")
    assert found(log) == dict.fromkeys(sorted(seqs), Fault.ALTERED)


def test_it_names_several_events(log):
    tamper("UPDATE activity_event SET client = 'x' WHERE seq IN (7, 9, 400, 600)")
    assert found(log) == dict.fromkeys((7, 9, 400, 600), Fault.ALTERED)


def test_it_names_the_block_of_altered_salts(log):
    SaltBlock.objects.filter(block=1).update(key=bytes(32))
    (finding,) = verify(log).findings
    assert (finding.seq, finding.fault) == (257, Fault.ALTERED)
    assert "All events from 257 to 512 differ, or only their salts." in finding.message


def test_it_names_an_event_without_a_salt(log):
    block = SaltBlock.objects.get(block=1)
    SaltBlock.objects.filter(block=1).update(key=b"", salts=block.unpacked.without(1, {300}).salts)
    assert found(log) == {300: Fault.ALTERED}


@pytest.mark.parametrize("seq", [1, 300, 600])
def test_it_names_a_missing_event(log, seq):
    tamper(f"DELETE FROM activity_event WHERE seq = {seq}")
    assert found(log) == {seq: Fault.MISSING}


def test_it_names_a_block_of_missing_events(log):
    tamper("DELETE FROM activity_event WHERE seq BETWEEN 250 AND 520")
    faults = found(log)
    assert min(faults) == 250
    assert {*faults.values()} == {Fault.MISSING}
    assert len(faults) > 100


@pytest.mark.parametrize("seq", [1, 255, 256, 257, 599])
def test_it_names_a_removed_event_also_when_the_others_are_renumbered(log, seq):
    attacks.remove(seq)
    faults = found(log)
    assert min(faults) == seq
    assert {*faults.values()} == {Fault.MISSING}


@pytest.mark.parametrize("seq", [1, 255, 256, 257, 512, 600])
def test_it_names_an_inserted_event(log, seq):
    attacks.insert(seq, copy_of=77 if seq > 77 else 78)
    faults = found(log)
    assert faults == {seq: Fault.INSERTED, SIZE + 1: Fault.INSERTED}


def test_it_names_an_event_added_at_the_end(log):
    attacks.insert(SIZE + 1, copy_of=77)
    assert found(log) == {SIZE + 1: Fault.INSERTED}
    LogHead.objects.update(size=SIZE + 1)
    report = verify(log)
    assert not report.is_good
    assert report.unhashed == 1


@pytest.mark.parametrize(("one", "other"), [(1, 2), (300, 301), (257, 512), (520, 600)])
def test_it_names_events_that_changed_places(log, one, other):
    attacks.swap(one, other)
    report = verify(log)
    assert {finding.seq: finding.fault for finding in report.findings} == {
        one: Fault.REORDERED,
        other: Fault.REORDERED,
    }
    assert report.findings[0].message == f"It was recorded as event {other}."


def test_it_tells_an_altered_tile_from_altered_events(log):
    tile = Tile.objects.get(level=0, index=1)
    Tile.objects.filter(pk=tile.pk).update(
        hashes=bytes(tile.hashes)[:32] + bytes(32) + bytes(tile.hashes)[64:]
    )
    (finding,) = verify(log).findings
    assert (finding.seq, finding.fault) == (258, Fault.TILE)
    assert "The event is as recorded" in finding.message


@pytest.mark.parametrize("hashes", [b"", b"x" * 31])
def test_it_names_a_tile_that_is_damaged_or_gone(log, hashes):
    Tile.objects.filter(level=0, index=1).update(hashes=hashes)
    assert found(log) == {257: Fault.TILE}
    Tile.objects.filter(level=0, index=1).delete()
    assert found(log) == {257: Fault.TILE}


def shorten(organization, size):
    """Remove the newest events and make head, tiles and state agree."""
    hashes = independent.leaf_hashes(organization)[:size]
    frontier = Frontier()
    frontier.add(hashes)
    tamper(f"DELETE FROM activity_event WHERE seq > {size}")
    LogHead.objects.update(size=size, hashed=size, frontier=frontier.to_bytes())
    Tile.objects.all().delete()
    EvidenceState.objects.all().delete()
    advance(organization, LogHead.objects.get(organization=organization))


def test_it_needs_a_checkpoint_to_find_a_log_that_was_shortened_with_its_head(log):
    anchor = checkpoint(log, SIZE)
    shorten(log, SIZE - 1)
    assert found(log) == {}
    assert found(log, anchor) == {SIZE: Fault.MISSING}


def test_it_finds_a_head_that_was_shortened_alone(log):
    LogHead.objects.update(size=SIZE - 1)
    assert found(log) == {SIZE: Fault.INSERTED}


def test_it_needs_a_checkpoint_to_find_a_log_that_was_made_again(log):
    anchors = [checkpoint(log, size) for size in (100, 300, 500)]
    tamper("UPDATE activity_event SET client = 'x' WHERE seq = 200")
    SaltBlock.objects.filter(block=0).update(key=bytes(32))
    shorten(log, SIZE)
    assert found(log) == {}
    assert found(log, *anchors[1:]) == {1: Fault.TREE}
    assert found(log, checkpoint(log, 300)) == {}


def test_it_says_after_which_checkpoint_a_log_was_made_again(log):
    anchors = [checkpoint(log, size) for size in (100, 300, 500)]
    tamper("UPDATE activity_event SET client = 'x' WHERE seq = 200")
    shorten(log, SIZE)
    report = verify(log, anchors)
    (finding,) = report.findings
    assert (finding.seq, finding.fault) == (101, Fault.TREE)
    assert "from here to 300" in finding.message


@pytest.mark.parametrize(("seq", "last"), [(601, 604), (603, 604), (605, 605)])
def test_it_names_a_few_events_where_there_are_no_tiles_yet(acme, seq, last):
    record(acme, drafts(SIZE))
    advance(acme, LogHead.objects.get(organization=acme))
    record(acme, drafts(5, SIZE))
    tamper(f"UPDATE activity_event SET client = 'x' WHERE seq = {seq}")
    (finding,) = verify(acme).findings
    assert finding.fault == Fault.ALTERED
    assert SIZE < finding.seq <= seq
    assert f"to {last} was altered" in finding.message


def erase(organization, first, last):
    """Blank the personal part of events by hand, drop their salts, and record the act."""
    for block in SaltBlock.objects.filter(organization=organization):
        seqs = {*range(first, last + 1)}
        salts = block.unpacked.without(block.block, seqs).salts
        SaltBlock.objects.filter(pk=block.pk).update(key=b"", salts=salts)
    nobody = Event.objects.filter(organization=organization, actor__email="").first().actor_id
    tamper(
        f"UPDATE activity_event SET actor_id = {nobody}, ip = NULL, vault_id = '', item_id = '', "
        f"client = '', data = '{{}}' WHERE seq BETWEEN {first} AND {last}"
    )
    LogHead.objects.update(salt_key=b"")
    record(organization, [draft(event_type="log.erased", email="", name="", data={
        "events": [[first, last]], "reason": "Request of 25 November 2026",
    })])  # fmt: skip


def test_it_tells_an_erased_event_from_an_altered_one(log):
    erase(log, 300, 300)
    tamper("UPDATE activity_event SET client = 'x' WHERE seq = 310")
    report = verify(log, [])
    assert report.erased == 1
    assert {finding.seq: finding.fault for finding in report.findings} == {310: Fault.ALTERED}


def test_it_verifies_what_is_left_after_the_erasure_of_a_range(log):
    anchor = checkpoint(log, SIZE)
    erase(log, 200, 350)
    tamper("DELETE FROM activity_event WHERE seq BETWEEN 200 AND 300")  # as retention will
    report = verify(log, [anchor])
    assert report.is_good
    assert (report.erased, report.size) == (151, SIZE + 1)


def test_it_tells_a_gap_beside_an_erasure_from_the_erasure(log):
    erase(log, 300, 305)
    tamper("DELETE FROM activity_event WHERE seq BETWEEN 300 AND 306")
    report = verify(log)
    assert report.erased == 6
    assert {finding.seq: finding.fault for finding in report.findings} == {306: Fault.MISSING}


def test_it_leaves_nothing_from_which_a_person_can_be_guessed(log):
    """Every stored byte string is compared with hashes of every address that is known."""
    people = sorted({*Event.objects.values_list("actor__email", "actor__name")})
    events = list(Event.objects.filter(seq__range=(300, 305)).select_related("actor"))
    uuid = LogHead.objects.get().uuid.bytes
    erase(log, 300, 305)
    stored = set()
    for tile in Tile.objects.all():
        stored |= {bytes(tile.hashes)[at : at + 32] for at in range(0, len(tile.hashes), 32)}
    salts = b"".join(bytes(block.salts) + bytes(block.key) for block in SaltBlock.objects.all())
    known = {bytes(16), *(salts[at : at + 16] for at in range(0, len(salts), 16))}
    guesses = 0
    for event, (email, name), salt in itertools.product(events, people, known):
        event.actor.email, event.actor.name = email, name
        leaf = independent.leaf(event, uuid, salt)
        assert hashlib.sha256(b"\0" + leaf).digest() not in stored
        assert leaf[-32:] not in stored
        guesses += 1
    assert guesses > 1000
    for email, name in people:
        for text in (email, name, email.upper(), f'"{email}","{name}"'):
            assert hashlib.sha256(text.encode()).digest() not in stored


def test_it_ends_with_the_root(log, capsys):
    call_command("verify_log", "acme")
    assert capsys.readouterr().out == (
        f"Verified to event 600. Root: {root_of(independent.leaf_hashes(log)).hex()}\n"
    )


def test_it_exits_with_1_and_names_the_events(log, capsys):
    tamper("DELETE FROM activity_event WHERE seq = 3")
    tamper("UPDATE activity_event SET client = 'x' WHERE seq = 300")
    with pytest.raises(CommandError, match="not verified") as raised:
        call_command("verify_log", "acme")
    assert raised.value.returncode == 1
    assert capsys.readouterr().out.splitlines() == [
        "event 3: missing. It is not stored, and no erasure is recorded.",
        "event 300: altered. It is not what was recorded.",
    ]


def test_it_asks_to_hash_what_an_older_version_stored(log, capsys):
    LogHead.objects.update(hashed=0, frontier=b"")
    SaltBlock.objects.all().delete()
    Tile.objects.all().delete()
    EvidenceState.objects.all().delete()
    with pytest.raises(CommandError):
        call_command("verify_log", "acme")
    assert capsys.readouterr().out == "600 events are not in the tree. Run “hash_log”.\n"


def test_it_counts_erased_events(log, capsys):
    erase(log, 300, 301)
    call_command("verify_log", "acme")
    assert "2 events were erased, which is recorded." in capsys.readouterr().out
