"""A preview of the first rows of an uploaded file, as the log would show them. Stores nothing."""

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from activity.clock import Clock
from activity.drafts import EventDraft
from activity.event_types import EventType, event_type
from activity.importers.files.rows import Parsed, Rejected
from activity.importers.runs.recorders import Rehearsal
from activity.importers.runs.session import Session, Tally
from activity.uploads.models import ImportJob
from activity.uploads.sources import opened

MAX_ROWS = 1000
MAX_SECONDS = 2.0
SHOWN_ROWS = 20
SHOWN_REFUSALS = 20


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """A row of the file as the log would show it."""

    draft: EventDraft
    clock: Clock

    @property
    def occurred_at(self) -> datetime:
        return self.draft.occurred_at

    @property
    def day(self) -> str:
        return self.clock.date(self.occurred_at)

    @property
    def time(self) -> str:
        return self.clock.time(self.occurred_at)

    @property
    def event_type(self) -> EventType:
        return event_type(self.draft.event_type)


@dataclass(slots=True)
class Preview:
    """The result of a dry run of the first rows: at most `MAX_ROWS`, read for `MAX_SECONDS`.

    `is_whole` is True if these are all rows of the file.
    """

    clock: Clock
    rows: list[PreviewRow] = field(default_factory=list)
    refusals: list[tuple[str, str]] = field(default_factory=list)
    tally: Tally = field(default_factory=Tally)
    is_whole: bool = False

    @property
    def row_count(self) -> int:
        tally = self.tally
        return tally.accepted + tally.duplicates + tally.conflicts + tally.rejected

    @property
    def refused_count(self) -> int:
        return self.tally.conflicts + self.tally.rejected

    def sample(self, rows: Iterable[Parsed | Rejected]) -> Iterator[Parsed | Rejected]:
        deadline = time.monotonic() + MAX_SECONDS
        for count, row in enumerate(rows):
            if count == MAX_ROWS or time.monotonic() > deadline:
                return
            if isinstance(row, Parsed) and len(self.rows) < SHOWN_ROWS:
                self.rows.append(PreviewRow(row.draft, self.clock))
            yield row
        self.is_whole = True

    def refuse(self, rejected: Rejected) -> None:
        if len(self.refusals) < SHOWN_REFUSALS:
            self.refusals.append((str(rejected.raw.place), rejected.reason))


def preview_of(job: ImportJob) -> Preview:
    """Preview the file of `job`. Raises `Unusable`, and `OSError` if there is no file."""
    preview = Preview(Clock(job.organization.zone))
    session = Session(Rehearsal(job.organization), preview.refuse)
    with opened(job) as file:
        preview.tally = session.run(preview.sample(file.rows))
    return preview
