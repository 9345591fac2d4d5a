"""The tree is that of RFC 6962."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from activity.evidence.merkle import (
    Frontier,
    consistency_proof,
    full_subtree_hash,
    inclusion_proof,
    leaf_hash,
    node_hash,
    proves_consistency,
    proves_inclusion,
    range_hash,
    root_of,
)
from activity.evidence.tiling import TileBuilder
from tests.evidence import independent

LEAVES = [
    b"",
    b"\x00",
    b"\x10",
    b"\x20\x21",
    b"\x30\x31",
    b"\x40\x41\x42\x43",
    bytes(range(0x50, 0x58)),
    bytes(range(0x60, 0x70)),
]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
MAX_SIZE = 70


def hashes(number: int) -> list[bytes]:
    return [leaf_hash(b"%d" % index) for index in range(number)]


ALL = hashes(MAX_SIZE)


def subtree(level: int, index: int) -> bytes:
    return full_subtree_hash(ALL[index << level : (index + 1) << level])


@pytest.mark.parametrize("size", range(9))
def test_it_has_the_known_roots(size):
    assert root_of(map(leaf_hash, LEAVES[:size])).hex() == ROOTS[size]


@given(st.lists(st.integers(0, 40), max_size=6))
def test_it_gives_the_same_root_whatever_the_batches(sizes):
    frontier = Frontier()
    everything = hashes(sum(sizes))
    for number in sizes:
        frontier.add(everything[frontier.size : frontier.size + number])
        frontier = Frontier.from_bytes(frontier.size, frontier.to_bytes())
    assert frontier.root() == independent.tree_hash(everything)
    assert len(frontier.hashes) == frontier.size.bit_count()


def test_it_adds_full_subtrees():
    frontier = Frontier()
    for level, index in ((3, 0), (3, 1), (4, 1), (2, 8), (0, 36)):
        frontier.add_subtree(level, subtree(level, index))
    assert frontier.root() == root_of(ALL[:37])
    with pytest.raises(ValueError, match="begin"):
        frontier.add_subtree(1, subtree(1, 20))


@pytest.mark.parametrize(("size", "packed"), [(1, b""), (3, bytes(32)), (0, bytes(32))])
def test_it_refuses_a_frontier_of_another_size(size, packed):
    with pytest.raises(ValueError, match="does not fit"):
        Frontier.from_bytes(size, packed)


@pytest.mark.parametrize("size", range(1, MAX_SIZE))
def test_it_proves_each_leaf(size):
    root = root_of(ALL[:size])
    assert range_hash(0, size, subtree) == root
    for index in range(size):
        proof = inclusion_proof(index, size, subtree)
        assert proof == independent.inclusion_path(index, ALL[:size])
        assert proves_inclusion(ALL[index], index, size, proof, root)
        assert not proves_inclusion(ALL[index], (index + 1) % size or size, size, proof, root)
        assert not proves_inclusion(ALL[index + 1], index, size, proof, root)
        assert not proves_inclusion(ALL[index], index, size, [*proof, root], root)
        if proof:
            assert not proves_inclusion(ALL[index], index, size, proof[:-1], root)


@pytest.mark.parametrize("size", range(1, MAX_SIZE))
def test_it_proves_that_a_tree_has_grown(size):
    root = root_of(ALL[:size])
    for old in range(1, size + 1):
        proof = consistency_proof(old, size, subtree)
        assert proof == independent.consistency_path(old, ALL[:size])
        old_root = root_of(ALL[:old])
        assert proves_consistency(old, size, old_root, root, proof)
        wrong = node_hash(old_root, old_root)
        assert not proves_consistency(old, size, wrong, root, proof)
        assert not proves_consistency(old, size, old_root, wrong, proof)
        assert not proves_consistency(old, size, old_root, root, [*proof, root])
        if proof:
            assert not proves_consistency(old, size, old_root, root, proof[:-1])


def test_it_proves_nothing_about_an_empty_or_a_longer_tree():
    for old in (0, 6):
        with pytest.raises(ValueError, match="empty, or longer"):
            consistency_proof(old, 5, subtree)
    assert not proves_consistency(0, 5, root_of([]), root_of(ALL[:5]), [])
    assert not proves_consistency(5, 4, root_of(ALL[:5]), root_of(ALL[:4]), [])
    assert not proves_inclusion(ALL[0], 0, 0, [], root_of([]))


@pytest.mark.parametrize("text", [b"", b"short", bytes(33)])
def test_it_refuses_what_is_no_hash(text):
    assert not proves_inclusion(text, 0, 1, [], text)
    assert not proves_consistency(1, 2, ALL[0], root_of(ALL[:2]), [text])


@pytest.mark.parametrize(("index", "size"), [(-1, 5), (5, 5), (0, 0)])
def test_it_has_no_proof_of_a_leaf_that_is_not_there(index, size):
    with pytest.raises(ValueError, match="no such leaf"):
        inclusion_proof(index, size, subtree)


@pytest.mark.slow
def test_it_makes_the_tiles_of_c2sp():
    """The example of c2sp.org/tlog-tiles: a tree of 70,000 leaves."""
    builder = TileBuilder()
    everything = [sha256(b"%d" % index).digest() for index in range(70_000)]
    builder.add(everything)
    full = [(level, index) for level, index, _hashes in builder.full]
    assert [index for level, index in full if level == 0] == [*range(273)]
    assert [index for level, index in full if level == 1] == [0]
    assert len(full) == 274
    partial = {
        level: (index, len(packed) // 32) for level, index, packed in builder.partial_tiles()
    }
    assert partial == {0: (273, 112), 1: (1, 17), 2: (0, 1)}
    assert builder.frontier().root() == root_of(everything)
