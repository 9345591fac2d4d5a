"""The tree of a log is made of its events as they are recorded."""

import json
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from activity.canonical_json import encode
from activity.drafts import InvalidDraft
from activity.evidence import appending, tiling
from activity.evidence.hashing import EventMissing, hash_next
from activity.evidence.leaves import Salts, block_of
from activity.evidence.merkle import Frontier, split
from activity.evidence.models import EvidenceState, SaltBlock, Subtree, Tile
from activity.evidence.stored_leaves import StoredLog
from activity.evidence.tiling import Mismatch, advance
from activity.models import Event, LogHead
from activity.recording import BatchContext, record
from tests.evidence import independent
from tests.factories import OrganizationFactory, draft

pytestmark = pytest.mark.django_db


def drafts(number, start=0):
    """Different drafts, with everything that an event may have."""
    return [
        draft(
            source_id=f"{start + index}",
            occurred_at=draft().occurred_at - timedelta(seconds=index, microseconds=index),
            event_type=("item.read", "share.created", "ünknown.code")[index % 3],
            email="" if index % 7 == 3 else f"user{index % 5}@acme.example",
            name="" if index % 7 == 3 else f"Üser \N{GRINNING FACE} “{index % 4}”",
            ip=(None, "203.0.113.7", "2001:db8::1", "::c633:6409")[index % 4],
            vault_id=f"v\\{index}",
            item_id=f'i"{index}',
            client=("", "Browser\n/ü")[index % 2],
            data=({}, {"b": [1, 1.5, 1e300, None, True], "a": {"é\u2028": -0.0, "\x7f": 1e-7}})[
                index % 2
            ],
            received_at=None if index % 2 else draft().occurred_at,
        )
        for index in range(number)
    ]


def tree(organization):
    head = LogHead.objects.get(organization=organization)
    return Frontier.from_bytes(head.hashed, bytes(head.frontier))


def test_it_has_the_root_of_the_events(acme):
    for start, number in ((0, 1), (1, 254), (255, 3), (258, 300)):
        record(acme, drafts(number, start))
        expected = independent.leaf_hashes(acme)
        assert tree(acme).size == len(expected) == start + number
        assert tree(acme).root() == independent.tree_hash(expected)
    assert SaltBlock.objects.filter(organization=acme).count() == 3


def test_it_leaves_out_duplicates_and_conflicts(acme):
    batch = drafts(10)
    record(acme, batch)
    conflict = draft(source_id="4", occurred_at=batch[4].occurred_at, name="Somebody else")
    receipt = record(acme, [*batch, conflict, *drafts(2, 10)], expects_new=True)
    assert (receipt.accepted, receipt.duplicates, receipt.conflicts) == (2, 10, (10,))
    assert tree(acme).root() == independent.tree_hash(independent.leaf_hashes(acme))


def test_it_keeps_the_trees_of_organizations_apart(acme, birch):
    for organization in (acme, birch, acme):
        record(organization, drafts(300, LogHead.objects.count() * 1000))
    for organization in (acme, birch):
        hashes = independent.leaf_hashes(organization)
        assert tree(organization).root() == independent.tree_hash(hashes)
    uuids = LogHead.objects.values_list("uuid", flat=True)
    assert len({*uuids}) == 2


def test_it_stores_full_subtrees(acme, monkeypatch):
    monkeypatch.setattr(appending, "SUBTREE_LEVEL", 3)
    monkeypatch.setattr(appending, "SUBTREE_SIZE", 8)
    for start, number in ((0, 3), (3, 5), (8, 21)):
        record(acme, drafts(number, start))
    hashes = independent.leaf_hashes(acme)
    assert tree(acme).root() == independent.tree_hash(hashes)
    stored = Subtree.objects.filter(organization=acme).order_by("index")
    assert [bytes(subtree.hash) for subtree in stored] == [
        independent.tree_hash(hashes[start : start + 8]) for start in (0, 8, 16)
    ]


def test_it_derives_the_salts_of_a_block_from_one_key(acme):
    record(acme, drafts(3))
    record(acme, drafts(3, 3))
    block = SaltBlock.objects.get(organization=acme)
    assert len(block.key) == 32
    assert block.salts == b""
    assert len({block.unpacked[seq] for seq in range(1, 257)}) == 256


def test_it_goes_on_with_salts_of_which_one_is_erased(acme):
    record(acme, drafts(3))
    block = SaltBlock.objects.get(organization=acme)
    kept = block.unpacked.without(0, {2})
    SaltBlock.objects.update(key=b"", salts=kept.salts)
    LogHead.objects.update(salt_key=b"")
    record(acme, drafts(300, 3))
    hashes = dict(StoredLog(acme, LogHead.objects.get().uuid).leaf_hashes(0, 303))
    assert [seq for seq, leaf in hashes.items() if leaf is None] == [2]
    stored = SaltBlock.objects.get(organization=acme, block=0)
    assert bytes(stored.salts) == kept.salts
    assert stored.unpacked[1] == Salts(bytes(block.key))[1]
    assert stored.unpacked[2] is None


@pytest.mark.parametrize("sizes", [[1], [255, 1], [256], [300], [100, 500, 212], [512, 1]])
def test_it_tiles_what_was_hashed(acme, sizes):
    for number in sizes:
        record(acme, drafts(number, LogHead.objects.filter(pk=acme.pk).count() and tree(acme).size))
        assert advance(acme, LogHead.objects.get(organization=acme)) == tree(acme).size
    hashes = independent.leaf_hashes(acme)
    tiles = Tile.objects.filter(organization=acme)
    stored = {(tile.level, tile.index): split(bytes(tile.hashes)) for tile in tiles}
    expected = {
        (0, start // 256): hashes[start : start + 256] for start in range(0, len(hashes), 256)
    }
    if len(hashes) >= 256:
        full = range(len(hashes) // 256)
        expected[1, 0] = [independent.tree_hash(expected[0, index]) for index in full]
    assert stored == expected
    assert all(tile.width == len(stored[tile.level, tile.index]) for tile in tiles)
    assert len(tiles) == len(stored)
    assert tiling.load_builder(acme, len(hashes)).frontier().root() == tree(acme).root()


def test_it_tiles_a_long_log_in_steps(acme, monkeypatch):
    for module in (appending, tiling):
        monkeypatch.setattr(module, "SUBTREE_SIZE", 256)
    monkeypatch.setattr(appending, "SUBTREE_LEVEL", 8)
    monkeypatch.setattr(tiling, "_last_of_level_1", lambda builder: builder.full[-1][2])
    record(acme, drafts(600))
    head = LogHead.objects.get(organization=acme)
    assert [advance(acme, head) for _ in range(4)] == [256, 512, 600, 600]


def test_it_tiles_nothing_that_differs_from_what_was_recorded(acme):
    record(acme, drafts(300))
    head = LogHead.objects.get(organization=acme)
    SaltBlock.objects.filter(block=1).update(key=bytes(32))
    with pytest.raises(Mismatch) as raised:
        advance(acme, head)
    assert (raised.value.first, raised.value.last) == (1, 300)
    assert not Tile.objects.exists()
    assert EvidenceState.of(acme).tiled == 0


def test_it_leaves_the_tiles_to_the_worker_that_was_faster(acme, monkeypatch):
    record(acme, drafts(300))
    head = LogHead.objects.get(organization=acme)
    compare = tiling._compare

    def overtake(*arguments):
        monkeypatch.setattr(tiling, "_compare", compare)
        advance(acme, head)
        compare(*arguments)

    monkeypatch.setattr(tiling, "_compare", overtake)
    advance(acme, head)
    assert Tile.objects.filter(organization=acme).count() == 3


def without_tree(organization):
    """As after an upgrade from a version that knew no tree."""
    SaltBlock.objects.filter(organization=organization).delete()
    LogHead.objects.filter(organization=organization).update(hashed=0, frontier=b"", salt_key=b"")


def test_it_hashes_an_existing_log_once(acme, monkeypatch, capsys):
    monkeypatch.setattr("activity.evidence.hashing.STEP", 200)
    record(acme, drafts(500))
    without_tree(acme)
    record(acme, drafts(10, 500))
    assert tree(acme).size == 0
    assert hash_next(acme).hashed == 200
    record(acme, drafts(10, 510))
    assert tree(acme).size == 200
    call_command("hash_log", "acme")
    assert "520 events are in the tree." in capsys.readouterr().out
    record(acme, drafts(10, 520))
    assert tree(acme).size == 530
    assert tree(acme).root() == independent.tree_hash(independent.leaf_hashes(acme))
    keys = list(SaltBlock.objects.values_list("key", flat=True))
    call_command("hash_log", "acme")
    assert list(SaltBlock.objects.values_list("key", flat=True)) == keys


def test_it_hashes_an_empty_log(acme, capsys):
    call_command("hash_log", "acme")
    assert "0 events are in the tree." in capsys.readouterr().out


def test_it_refuses_to_hash_a_log_with_a_gap(acme):
    record(acme, drafts(5))
    without_tree(acme)
    LogHead.objects.update(size=6)
    with pytest.raises(CommandError, match="no event 6"):
        call_command("hash_log", "acme")
    with pytest.raises(EventMissing):
        hash_next(acme)
    assert tree(acme).size == 0


def test_it_refuses_to_hash_an_organization_that_is_not_there():
    with pytest.raises(CommandError, match="no organization “nobody”"):
        call_command("hash_log", "nobody")


@pytest.mark.parametrize(("seq", "block"), [(1, 0), (256, 0), (257, 1), (512, 1), (513, 2)])
def test_it_counts_blocks_from_0(seq, block):
    assert block_of(seq) == block


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20),
    lambda values: st.lists(values, max_size=4) | st.dictionaries(st.text(
        st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8
    ), values, max_size=4),
    max_leaves=12,
)  # fmt: skip


class StoredJson(TestCase):
    """PostgreSQL normalizes numbers, texts and keys. The committed bytes must not depend on it."""

    @settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=60)
    @given(st.lists(st.dictionaries(st.text(
        st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8
    ), json_values, max_size=4), min_size=1, max_size=4))  # fmt: skip
    def test_it_reads_the_bytes_that_it_wrote(self, contents):
        organization = OrganizationFactory()
        record(
            organization, [draft(source_id=str(i), data=data) for i, data in enumerate(contents)]
        )
        stored = Event.objects.filter(organization=organization).order_by("seq")
        for event, data in zip(stored, contents, strict=True):
            assert encode(event.data) == encode(draft(data=data).data)
        assert tree(organization).root() == independent.tree_hash(
            independent.leaf_hashes(organization)
        )


@pytest.mark.parametrize("text", ["-0.0", "1E400", "1.50", "1e5", "123456789012345678901234567890"])
def test_it_commits_to_numbers_as_they_are_read_again(acme, text):
    try:
        data = draft(data={"n": json.loads(text)}).data
    except InvalidDraft:
        return
    record(acme, [draft(data=data)], context=BatchContext())
    assert encode(Event.objects.get().data) == encode(data)
    with connection.cursor() as cursor:
        cursor.execute("SELECT data FROM activity_event")
        assert json.loads(cursor.fetchone()[0]) == data
