"""Store the rows of a file in batches, one transaction each.

After a kill, run the import again: rows that are stored already count as duplicates.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from django.utils.translation import gettext as _

from activity.drafts import EventDraft
from activity.importers.files.rows import Parsed, Rejected, batches
from activity.importers.runs.prefetching import Prefetcher
from activity.recording import Receipt


class Recorder(Protocol):
    """Stores drafts. It may call `before_commit` once, when only the commit is left to do."""

    def __call__(
        self, drafts: Sequence[EventDraft], before_commit: Callable[[], None]
    ) -> Receipt: ...


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
    """The import of one file. `refuse` is called with each row that is not stored."""

    recorder: Recorder
    refuse: Callable[[Rejected], None]
    tally: Tally = field(default_factory=Tally)

    def run(self, rows: Iterable[Parsed | Rejected]) -> Tally:
        with Prefetcher(batches(rows)) as prefetcher:
            for batch in prefetcher:
                for row in batch:
                    if isinstance(row, Rejected):
                        self.tally.rejected += 1
                        self.refuse(row)
                if chunk := [row for row in batch if isinstance(row, Parsed)]:
                    self._store(chunk, prefetcher.start)
        return self.tally

    def _store(self, chunk: list[Parsed], before_commit: Callable[[], None]) -> None:
        receipt = self.recorder([row.draft for row in chunk], before_commit)
        self.tally.accepted += receipt.accepted
        self.tally.duplicates += receipt.duplicates
        self.tally.conflicts += len(receipt.conflicts)
        for index in receipt.conflicts:
            reason = _("conflict: the log has other content under the id %(id)s at this time")
            row = chunk[index]
            self.refuse(Rejected(row.raw, reason % {"id": row.draft.source_id}))
