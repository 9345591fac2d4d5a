"""Merkle trees as in RFC 6962, section 2.1, with SHA-256. Pure functions on bytes.

A leaf hash or a node hash has 32 bytes. A *full subtree* has `2 ** level` leaves and begins at a
multiple of that number. It is named by its level and its index among the subtrees of that level.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Self

HASH_SIZE = 32
EMPTY_ROOT = sha256(b"").digest()

# The hash of a full subtree, by level and index.
SubtreeHash = Callable[[int, int], bytes]


def leaf_hash(leaf: bytes) -> bytes:
    return sha256(b"\0" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return sha256(b"\1" + left + right).digest()


def full_subtree_hash(hashes: Sequence[bytes]) -> bytes:
    """The hash of the full subtree above `hashes`, whose number is a power of two."""
    while len(hashes) > 1:
        pairs = zip(hashes[::2], hashes[1::2], strict=True)
        hashes = [sha256(b"\1" + left + right).digest() for left, right in pairs]
    return hashes[0]


@dataclass(slots=True)
class Frontier:
    """A tree of `size` leaves, reduced to the hashes of its largest full subtrees, left to right.

    There is one hash for each 1 in the binary form of `size`: enough to add leaves and to compute
    the root.
    """

    size: int = 0
    hashes: list[bytes] = field(default_factory=list)

    @classmethod
    def from_bytes(cls, size: int, packed: bytes) -> Self:
        """The inverse of `to_bytes`. Raises `ValueError` if `packed` has the wrong length."""
        if len(packed) != HASH_SIZE * size.bit_count():
            raise ValueError("The frontier does not fit the size of the tree.")
        return cls(size, split(packed))

    def to_bytes(self) -> bytes:
        return b"".join(self.hashes)

    def add(self, leaf_hashes: Iterable[bytes]) -> None:
        hashes, size = self.hashes, self.size
        for current in leaf_hashes:
            bits = size
            while bits & 1:
                current = sha256(b"\1" + hashes.pop() + current).digest()  # noqa: PLW2901
                bits >>= 1
            hashes.append(current)
            size += 1
        self.size = size

    def add_subtree(self, level: int, subtree: bytes) -> None:
        """Add a full subtree. `size` must be a multiple of its number of leaves."""
        if self.size % (1 << level):
            raise ValueError("A full subtree cannot begin here.")
        bits = self.size >> level
        while bits & 1:
            subtree = node_hash(self.hashes.pop(), subtree)
            bits >>= 1
        self.hashes.append(subtree)
        self.size += 1 << level

    def root(self) -> bytes:
        if not self.hashes:
            return EMPTY_ROOT
        *others, current = self.hashes
        for left in reversed(others):
            current = node_hash(left, current)
        return current


def split(packed: bytes) -> list[bytes]:
    """The hashes of which `packed` is the concatenation."""
    return [packed[start : start + HASH_SIZE] for start in range(0, len(packed), HASH_SIZE)]


def root_of(leaf_hashes: Iterable[bytes]) -> bytes:
    frontier = Frontier()
    frontier.add(leaf_hashes)
    return frontier.root()


def range_hash(start: int, end: int, subtree: SubtreeHash) -> bytes:
    """The hash of the leaves `[start, end)`. `start` is a multiple of a power of two >= the size.

    These are the ranges into which RFC 6962 splits a tree.
    """
    size = end - start
    if not size:
        return EMPTY_ROOT
    if size & (size - 1) == 0:
        level = size.bit_length() - 1
        return subtree(level, start >> level)
    middle = start + _split_point(size)
    return node_hash(range_hash(start, middle, subtree), range_hash(middle, end, subtree))


def inclusion_proof(index: int, size: int, subtree: SubtreeHash) -> list[bytes]:
    """The proof that leaf `index` is in the tree of `size` leaves: RFC 6962, section 2.1.1."""
    if not 0 <= index < size:
        raise ValueError("The tree has no such leaf.")
    proof: list[bytes] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _split_point(end - start)
        if index < middle:
            proof.append(range_hash(middle, end, subtree))
            end = middle
        else:
            proof.append(range_hash(start, middle, subtree))
            start = middle
    return proof[::-1]


def consistency_proof(old_size: int, size: int, subtree: SubtreeHash) -> list[bytes]:
    """The proof that the first `old_size` leaves are those of the old tree: section 2.1.2."""
    if not 0 < old_size <= size:
        raise ValueError("The old tree is empty, or longer than the new one.")
    proof: list[bytes] = []
    start, end = 0, size
    while end != old_size:
        middle = start + _split_point(end - start)
        if old_size <= middle:
            proof.append(range_hash(middle, end, subtree))
            end = middle
        else:
            proof.append(range_hash(start, middle, subtree))
            start = middle
    if start:
        proof.append(range_hash(start, end, subtree))
    return proof[::-1]


def proves_inclusion(
    leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes
) -> bool:
    """Whether `proof` shows that `leaf`, a leaf hash, is number `index` of the tree of `root`."""
    if not 0 <= index < size or not _are_hashes([leaf, *proof, root]):
        return False
    current, position, last = leaf, index, size - 1
    for sibling in proof:
        if not last:
            return False
        if position & 1 or position == last:
            current = node_hash(sibling, current)
            while not position & 1 and position:
                position, last = position >> 1, last >> 1
        else:
            current = node_hash(current, sibling)
        position, last = position >> 1, last >> 1
    return not last and current == root


def proves_consistency(
    old_size: int, size: int, old_root: bytes, root: bytes, proof: Sequence[bytes]
) -> bool:
    """Whether `proof` shows that the tree of `root` begins with the tree of `old_root`.

    A proof about an empty tree would show nothing, and is refused.
    """
    if not 0 < old_size <= size or not _are_hashes(proof):
        return False
    if old_size == size:
        return not proof and old_root == root
    hashes = list(proof)
    if old_size & (old_size - 1) == 0:
        hashes.insert(0, old_root)
    if not hashes:
        return False
    position, last = old_size - 1, size - 1
    while position & 1:
        position, last = position >> 1, last >> 1
    old = new = hashes[0]
    for sibling in hashes[1:]:
        if not last:
            return False
        if position & 1 or position == last:
            old, new = node_hash(sibling, old), node_hash(sibling, new)
            while not position & 1 and position:
                position, last = position >> 1, last >> 1
        else:
            new = node_hash(new, sibling)
        position, last = position >> 1, last >> 1
    return not last and old == old_root and new == root


def _are_hashes(values: Iterable[bytes]) -> bool:
    return all(len(value) == HASH_SIZE for value in values)


def _split_point(size: int) -> int:
    """The largest power of two below `size`, which is at least 2."""
    return 1 << (size - 1).bit_length() - 1
