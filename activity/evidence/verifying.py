"""Compare the stored events with the tree of their log, and name those that differ.

The events are read in blocks of 256. A block whose leaf hashes equal the stored tile costs one
comparison. If they differ, either the events or the tile were altered. The next *anchor* decides:
a place where the root of the tree is known from elsewhere, such as a checkpoint.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import groupby, zip_longest

from django.utils.translation import gettext as _

from activity.evidence.explaining import Fault, explain
from activity.evidence.leaves import BLOCK_SIZE, block_of
from activity.evidence.merkle import EMPTY_ROOT, HASH_SIZE, Frontier, full_subtree_hash, split
from activity.evidence.models import EvidenceState, Tile
from activity.evidence.stored_leaves import StoredLog
from activity.models import Event, LogHead
from organizations.models import Organization

ERASED = "log.erased"  # the type of the events that record an erasure
MAX_ERASURES = 10_000
MAX_FINDINGS = 100
TILE_LEVEL = 8  # a tile of level 0 is a full subtree of this level

Advance = Callable[[int], object]


@dataclass(frozen=True, slots=True)
class Finding:
    """A fault at event `seq`, or one that begins there. `message` is for people."""

    fault: Fault
    seq: int
    message: str


@dataclass(frozen=True, slots=True)
class Anchor:
    """The root of the first `size` events, known from `source`, such as a checkpoint."""

    size: int
    root: bytes
    source: str


@dataclass(slots=True)
class Report:
    """The result of a verification of the first `size` events, with their `root`.

    `erased` counts the events without content whose erasure is recorded, `anchors` the roots that
    were compared. `unhashed` counts the events that are not in the tree yet.
    """

    size: int
    root: bytes = EMPTY_ROOT
    erased: int = 0
    unhashed: int = 0
    anchors: int = 0
    findings: list[Finding] = field(default_factory=list)

    @property
    def is_good(self) -> bool:
        return not self.findings and not self.unhashed

    def add(self, fault: Fault, seq: int, message: str) -> None:
        """Add a finding, unless there is one for this event."""
        if not any(found.seq == seq for found in self.findings):
            self.findings.append(Finding(fault, seq, message))


class _Verdict(StrEnum):
    """Which of the two gives the root of an anchor."""

    EVENTS = "events"
    TILES = "tiles"
    NONE = "none"


@dataclass(slots=True)
class _Trees:
    """The tree of the events, and the tree of the tiles."""

    events: Frontier = field(default_factory=Frontier)
    tiles: Frontier = field(default_factory=Frontier)

    def copy(self) -> "_Trees":
        return _Trees(_copy(self.events), _copy(self.tiles))

    def add(self, events: list[bytes], tiles: list[bytes]) -> None:
        self.events.add(events)
        self.tiles.add(tiles)

    def add_block(self, leaf_hashes: list[bytes]) -> None:
        """Add a whole block that is equal in both."""
        subtree = full_subtree_hash(leaf_hashes)
        self.events.add_subtree(TILE_LEVEL, subtree)
        self.tiles.add_subtree(TILE_LEVEL, subtree)

    def judge(self, is_right: Callable[[Frontier], bool]) -> _Verdict:
        if is_right(self.events):
            return _Verdict.EVENTS
        return _Verdict.TILES if is_right(self.tiles) else _Verdict.NONE


def _copy(tree: Frontier) -> Frontier:
    return Frontier(tree.size, [*tree.hashes])


def verify(
    organization: Organization,
    anchors: Iterable[Anchor] = (),
    *,
    advance: Advance = lambda number: None,
) -> Report:
    """Verify all events that are in the tree of the log.

    `anchors` are roots to compare with besides those of the writer. `advance` gets the number of
    events done.
    """
    head = LogHead.objects.filter(organization=organization).first() or LogHead()
    state = EvidenceState.objects.filter(organization=organization).first() or EvidenceState()
    verification = _Verification(organization, head, state, Report(size=head.hashed))
    return verification.run(sorted(anchors, key=lambda anchor: anchor.size), advance)


class _Verification:
    def __init__(
        self, organization: Organization, head: LogHead, state: EvidenceState, report: Report
    ) -> None:
        self.organization, self.head, self.report = organization, head, report
        self.tiled = min(state.tiled, head.hashed)
        self.log = StoredLog(organization, head.uuid)
        self.erasures = _recorded_erasures(organization)
        self.trees = _Trees()
        self.pending: list[Finding] = []  # the next anchor confirms or refutes them
        self.good_until = 0  # the size of the last anchor that was right
        self.is_consistent = True
        self.has_to_stop = False
        self._check_length(state.tiled)

    def run(self, anchors: list[Anchor], advance: Advance) -> Report:
        for anchor in anchors:
            if anchor.size > self.head.hashed:
                self._add_shortened(anchor.size, anchor.source)
        waiting = [anchor for anchor in anchors if 0 < anchor.size <= self.head.hashed]
        for block, stored in self._blocks():
            first = block * BLOCK_SIZE + 1
            events, tiles = self._compare_block(block, stored)
            while waiting and waiting[0].size < first + len(events):
                self._compare_anchor(waiting.pop(0), events, tiles)
            if events is tiles and len(events) == BLOCK_SIZE:
                self.trees.add_block(events)
            else:
                self.trees.add(events, tiles)
            advance(len(events))
            if self.has_to_stop or len(self.pending) + len(self.report.findings) > MAX_FINDINGS:
                break
        else:
            self._compare_head()
        for found in self.pending:
            self.report.add(found.fault, found.seq, found.message)
        self.report.findings.sort(key=lambda found: found.seq)
        self.report.root = self.trees.events.root()
        return self.report

    def _check_length(self, tiled: int) -> None:
        """Find events beyond the end of the log, and a log that is shorter than its tiles."""
        head = self.head
        self.report.unhashed = max(head.size - head.hashed, 0)
        beyond = Event.objects.filter(organization=self.organization, seq__gt=head.size)
        for seq in beyond.order_by("seq").values_list("seq", flat=True)[:1]:
            self.report.add(Fault.INSERTED, seq, _("The log ends before this event."))
        if tiled > head.hashed:
            self._add_shortened(tiled, _("its tiles"))

    def _add_shortened(self, size: int, source: str) -> None:
        message = _("The log had %(size)d events according to %(source)s. Now it has fewer.")
        values = {"size": size, "source": source}
        self.report.add(Fault.MISSING, self.head.hashed + 1, message % values)

    def _blocks(self) -> Iterator[tuple[int, dict[int, bytes | None]]]:
        """Each block, and the leaf hashes of its stored events. A block may have none."""
        hashes = self.log.leaf_hashes(0, self.head.hashed)
        groups = groupby(hashes, key=lambda pair: block_of(pair[0]))
        pending = next(groups, None)
        for block in range(-(-self.head.hashed // BLOCK_SIZE)):
            if pending and pending[0] == block:
                yield block, dict(pending[1])
                pending = next(groups, None)
            else:
                yield block, {}

    def _compare_block(
        self, block: int, stored: dict[int, bytes | None]
    ) -> tuple[list[bytes], list[bytes]]:
        """The leaf hashes of the block by its events and by its tile. Adds what differs."""
        first = block * BLOCK_SIZE + 1
        seqs = range(first, min(first + BLOCK_SIZE, self.head.hashed + 1))
        tile = self.tile(block)
        found = [stored.get(seq) for seq in seqs]
        complete = [leaf for leaf in found if leaf is not None]
        if len(complete) == len(seqs) and b"".join(complete)[: len(tile)] == tile:
            return complete, complete
        by_tile = split(tile)
        by_tile += [leaf or bytes(HASH_SIZE) for leaf in found[len(by_tile) :]]
        differing = []
        for seq, leaf, expected in zip(seqs, found, by_tile, strict=True):
            if leaf is None:
                self._add_empty(seq, is_stored=seq in stored)
            elif leaf != expected:
                differing.append(seq)
        if differing:
            self._add_differing(differing, seqs)
        return [leaf or expected for leaf, expected in zip(found, by_tile, strict=True)], by_tile

    def tile(self, block: int) -> bytes:
        """The stored leaf hashes of a block, as far as there are tiles."""
        width = min(BLOCK_SIZE, self.tiled - block * BLOCK_SIZE)
        if width <= 0:
            return b""
        tiles = Tile.objects.filter(
            organization=self.organization, level=0, index=block, width=width
        )
        for hashes in tiles.values_list("hashes", flat=True):
            if len(hashes) == width * HASH_SIZE:
                return bytes(hashes)
        message = _("The tile of this event and the next ones is gone or damaged.")
        self.report.add(Fault.TILE, block * BLOCK_SIZE + 1, message)
        return b""

    def _add_empty(self, seq: int, *, is_stored: bool) -> None:
        """An event of which the row or the salt is gone."""
        is_recorded = any(first <= seq <= last for first, last in self.erasures)
        if is_recorded and seq <= self.tiled:
            self.report.erased += 1
        elif is_stored:
            message = _("Its salt is gone, and no erasure is recorded.")
            self.report.add(Fault.ALTERED, seq, message)
        else:
            message = _("It is not stored, and no erasure is recorded.")
            self.report.add(Fault.MISSING, seq, message)

    def _add_differing(self, differing: list[int], seqs: range) -> None:
        window = range(seqs[0], min(seqs[-1] + BLOCK_SIZE, self.head.hashed) + 1)
        expected = dict(zip(window, self._window(seqs[0]), strict=False))
        for seq in differing:
            fault, message = explain(self.log, seq, window, expected)
            if fault is Fault.ALTERED and len(differing) == len(seqs) > 1:
                values = {"first": seqs[0], "last": seqs[-1]}
                message = _("All events from %(first)d to %(last)d differ, or only their salts.")
                self.pending.append(Finding(fault, seq, message % values))
                return
            self.pending.append(Finding(fault, seq, message))
            if fault in (Fault.INSERTED, Fault.MISSING):  # the following ones are renumbered
                self.has_to_stop = True
                return

    def _window(self, first: int) -> list[bytes]:
        block = block_of(first)
        return split(self.tile(block) + self.tile(block + 1))

    def _compare_anchor(self, anchor: Anchor, events: list[bytes], tiles: list[bytes]) -> None:
        """Compare the tree up to `anchor`, which lies in the block with these leaf hashes.

        What is wrong up to there is replaced by what is right.
        """
        number = anchor.size - self.trees.events.size
        trees = self.trees.copy()
        trees.add(events[:number], tiles[:number])
        verdict = trees.judge(lambda tree: tree.root() == anchor.root)
        if verdict is _Verdict.EVENTS:
            self.trees.tiles = _copy(self.trees.events)
            tiles[:number] = events[:number]
        elif verdict is _Verdict.TILES:
            self.trees.events = _copy(self.trees.tiles)
            events[:number] = tiles[:number]
        self._conclude(verdict, anchor.size, anchor.source)

    def _compare_head(self) -> None:
        packed = bytes(self.head.frontier)
        verdict = self.trees.judge(lambda tree: tree.to_bytes() == packed)
        if verdict is _Verdict.NONE and not self.pending and self.is_consistent:
            first, last = self._first_differing_subtree(split(packed))
            message = _("One of the events from %(first)d to %(last)d was altered.")
            values = {"first": first, "last": last}
            self.pending.append(Finding(Fault.ALTERED, first, message % values))
            self.is_consistent = False
        self._conclude(verdict, self.head.hashed, _("the head of the log"))

    def _first_differing_subtree(self, hashes: list[bytes]) -> tuple[int, int]:
        """The events below the first hash of the frontier that differs, after the last anchor."""
        start = 0
        sizes = [1 << bit for bit in reversed(range(64)) if self.head.hashed >> bit & 1]
        for size, mine, other in zip_longest(sizes, self.trees.events.hashes, hashes[: len(sizes)]):
            if mine != other:
                return max(start, self.good_until) + 1, start + size
            start += size
        return self.good_until + 1, self.head.hashed

    def _conclude(self, verdict: _Verdict, size: int, source: str) -> None:
        """Decide on what differs in the first `size` events."""
        self.report.anchors += 1
        here = [found for found in self.pending if found.seq <= size]
        self.pending = [found for found in self.pending if found.seq > size]
        if verdict is _Verdict.EVENTS:
            if here:
                message = _("The event is as recorded, but the tile with its hash was altered.")
                self.report.add(Fault.TILE, here[0].seq, message)
            self.good_until = size
            return
        for found in here:
            self.report.add(found.fault, found.seq, found.message)
        if verdict is _Verdict.TILES:
            self.good_until = size
        elif self.is_consistent:
            self.is_consistent = False
            message = _("The events from here to %(last)d and their tree differ from %(source)s.")
            self.report.add(
                Fault.TREE, self.good_until + 1, message % {"last": size, "source": source}
            )


def _recorded_erasures(organization: Organization) -> list[tuple[int, int]]:
    """The first and the last event of each range whose erasure is recorded in the log."""
    acts = Event.objects.filter(organization=organization, event_type=ERASED)
    return [
        (first, last)
        for data in acts.order_by("seq").values_list("data", flat=True)[:MAX_ERASURES]
        for first, last in data["events"]
    ]
