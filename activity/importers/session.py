"""Stores what an importer yields, in chunks that are committed one by one.

An import that was killed is simply run again: what it stored counts as duplicates then.
"""

import gc
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Protocol

from django.utils.translation import gettext as _

from activity.drafts import EventDraft
from activity.importers.helper import COLLECT_EVERY
from activity.importers.rows import Parsed, Rejected
from activity.recording import Receipt

CHUNK_ROWS = 5000
CHUNK_BYTES = 8 * 1024 * 1024


class Recorder(Protocol):
    def __call__(self, drafts: Sequence[EventDraft]) -> Receipt: ...


@dataclass(slots=True)
class Tally:
    accepted: int = 0
    duplicates: int = 0
    conflicts: int = 0
    rejected: int = 0

    def __str__(self) -> str:
        return (
            f"accepted={self.accepted} duplicates={self.duplicates} "
            f"conflicts={self.conflicts} rejected={self.rejected}"
        )


@dataclass(slots=True)
class Session:
    """One file on its way into the log. `refuse` is told of each row that is not stored."""

    recorder: Recorder
    refuse: Callable[[Rejected], None]
    tally: Tally = field(default_factory=Tally)

    def run(self, rows: Iterable[Parsed | Rejected]) -> Tally:
        with _few_collections():
            for refused, chunk in _chunks(rows):
                for row in refused:
                    self.tally.rejected += 1
                    self.refuse(row)
                if chunk:
                    self._store(chunk)
        return self.tally

    def _store(self, chunk: list[Parsed]) -> None:
        receipt = self.recorder([row.draft for row in chunk])
        self.tally.accepted += receipt.accepted
        self.tally.duplicates += receipt.duplicates
        self.tally.conflicts += len(receipt.conflicts)
        for index in receipt.conflicts:
            reason = _("conflict: the log has other content under the id %(id)s at this time")
            row = chunk[index]
            self.refuse(Rejected(row.raw, reason % {"id": row.draft.source_id}))


@contextmanager
def _few_collections() -> Iterator[None]:
    """Rows hold no cycles. To look for some every 700 objects takes a fifth of the time."""
    before = gc.get_threshold()
    gc.set_threshold(COLLECT_EVERY)
    try:
        yield
    finally:
        gc.set_threshold(*before)


def _chunks(rows: Iterable[Parsed | Rejected]) -> Iterator[tuple[list[Rejected], list[Parsed]]]:
    """Rows to refuse, and rows to store in one transaction."""
    refused: list[Rejected] = []
    chunk: list[Parsed] = []
    size = 0
    for row in rows:
        if isinstance(row, Rejected):
            refused.append(row)
        else:
            chunk.append(row)
        size += len(row.raw.content)
        if len(chunk) + len(refused) >= CHUNK_ROWS or size > CHUNK_BYTES:
            yield refused, chunk
            refused, chunk, size = [], [], 0
    yield refused, chunk
