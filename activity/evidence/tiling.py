"""Write the hashes of the tree as tiles, and compare them with those of the writer."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db import transaction
from django.utils import timezone

from activity.evidence.appending import SUBTREE_SIZE
from activity.evidence.merkle import Frontier, full_subtree_hash, split
from activity.evidence.models import EvidenceState, Subtree, Tile
from activity.evidence.stored_leaves import StoredLog
from activity.models import LogHead
from organizations.models import Organization

TILE_WIDTH = 256
TILE_LEVELS = 8  # levels of the tree in one tile


class Mismatch(Exception):  # noqa: N818 - reads as what it is
    """The events from `first` to `last` do not give the tree that the writer made of them."""

    def __init__(self, first: int, last: int) -> None:
        super().__init__(f"The events {first} to {last} differ from the tree of the log.")
        self.first, self.last = first, last


@dataclass(slots=True)
class TileBuilder:
    """Makes tiles of leaf hashes. `partial` are the entries of the last tile of each level."""

    size: int = 0
    partial: list[list[bytes]] = field(default_factory=list)
    full: list[tuple[int, int, bytes]] = field(default_factory=list)

    def add(self, leaf_hashes: Iterable[bytes]) -> None:
        for leaf in leaf_hashes:
            self._add(0, leaf)
            self.size += 1

    def _add(self, level: int, entry: bytes) -> None:
        if level == len(self.partial):
            self.partial.append([])
        entries = self.partial[level]
        entries.append(entry)
        if len(entries) == TILE_WIDTH:
            index = (self.size >> TILE_LEVELS * level) // TILE_WIDTH
            self.full.append((level, index, b"".join(entries)))
            self.partial[level] = []
            self._add(level + 1, full_subtree_hash(entries))

    def partial_tiles(self) -> Iterable[tuple[int, int, bytes]]:
        for level, entries in enumerate(self.partial):
            if entries:
                index = (self.size >> TILE_LEVELS * level) // TILE_WIDTH
                yield level, index, b"".join(entries)

    def frontier(self) -> Frontier:
        frontier = Frontier()
        for level in reversed(range(len(self.partial))):
            for entry in self.partial[level]:
                frontier.add_subtree(TILE_LEVELS * level, entry)
        return frontier


def advance(organization: Organization, head: LogHead) -> int:
    """Write the next tiles of the log, up to `head.hashed`, as it was when `head` was read.

    One call handles at most 65,536 events. Returns how far the tiles reach now. Raises `Mismatch`.
    """
    state = EvidenceState.of(organization)
    after = state.tiled
    if after >= head.hashed:
        return after
    end = min(head.hashed, (after // SUBTREE_SIZE + 1) * SUBTREE_SIZE)
    builder = load_builder(organization, after)
    found = list(StoredLog(organization, head.uuid).leaf_hashes(after, end))
    hashes = [leaf for _seq, leaf in found if leaf is not None]
    if len(hashes) < end - after:
        raise Mismatch(after + 1, end)
    builder.add(hashes)
    _compare(organization, head, builder, after)
    _store(state, builder)
    return end


def load_builder(organization: Organization, size: int) -> TileBuilder:
    """The state of a builder after `size` leaves, from the stored tiles."""
    builder = TileBuilder(size)
    level = 0
    while count := size >> TILE_LEVELS * level:
        width = count % TILE_WIDTH
        entries: list[bytes] = []
        if width:
            tile = Tile.objects.get(
                organization=organization, level=level, index=count // TILE_WIDTH, width=width
            )
            entries = split(bytes(tile.hashes))
        builder.partial.append(entries)
        level += 1
    return builder


def _compare(organization: Organization, head: LogHead, builder: TileBuilder, after: int) -> None:
    """Raises `Mismatch` unless `builder` has the hashes that the writer computed."""
    if builder.size == head.hashed:
        is_equal = builder.frontier().to_bytes() == bytes(head.frontier)
    else:
        index = builder.size // SUBTREE_SIZE - 1
        subtree = Subtree.objects.get(organization=organization, index=index)
        is_equal = bytes(subtree.hash) == full_subtree_hash(split(_last_of_level_1(builder)))
    if not is_equal:
        raise Mismatch(after + 1, builder.size)


def _last_of_level_1(builder: TileBuilder) -> bytes:
    return next(hashes for level, _index, hashes in reversed(builder.full) if level == 1)


def _store(state: EvidenceState, builder: TileBuilder) -> None:
    """Store the tiles, unless another worker was faster."""
    organization = state.organization
    with transaction.atomic():
        current = EvidenceState.objects.select_for_update().get(pk=state.pk)
        if current.tiled != state.tiled:
            return
        Tile.objects.filter(organization=organization, width__lt=TILE_WIDTH).delete()
        Tile.objects.bulk_create(
            [
                Tile(
                    organization=organization,
                    level=level,
                    index=index,
                    width=len(split(hashes)),
                    hashes=hashes,
                )
                for level, index, hashes in [*builder.full, *builder.partial_tiles()]
            ],
            batch_size=500,
        )
        current.tiled, current.tiled_at = builder.size, timezone.now()
        current.save(update_fields=["tiled", "tiled_at"])
