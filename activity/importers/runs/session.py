"""Stores what an importer yields, in chunks that are committed one by one.

An import that was killed is simply run again: what it stored counts as duplicates then.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from django.utils.translation import gettext as _

from activity.drafts import EventDraft
from activity.importers.files.rows import Parsed, Rejected, batches
from activity.importers.runs.prefetching import Ahead
from activity.recording import Receipt


class Recorder(Protocol):
    """Stores drafts. It may call `meanwhile` when nothing is left but to wait for the commit."""

    def __call__(self, drafts: Sequence[EventDraft], meanwhile: Callable[[], None]) -> Receipt: ...


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
        with Ahead(batches(rows)) as ahead:
            for batch in ahead:
                for row in batch:
                    if isinstance(row, Rejected):
                        self.tally.rejected += 1
                        self.refuse(row)
                if chunk := [row for row in batch if isinstance(row, Parsed)]:
                    self._store(chunk, ahead.begin)
        return self.tally

    def _store(self, chunk: list[Parsed], meanwhile: Callable[[], None]) -> None:
        receipt = self.recorder([row.draft for row in chunk], meanwhile)
        self.tally.accepted += receipt.accepted
        self.tally.duplicates += receipt.duplicates
        self.tally.conflicts += len(receipt.conflicts)
        for index in receipt.conflicts:
            reason = _("conflict: the log has other content under the id %(id)s at this time")
            row = chunk[index]
            self.refuse(Rejected(row.raw, reason % {"id": row.draft.source_id}))
