"""Import of an uploaded file in the worker, with the code of `import_events`.

The import runs in turns and saves its counts for the page with each chunk.
"""

import logging
import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from datetime import datetime
from typing import Any, BinaryIO, cast

from django.core.files.base import ContentFile
from django.db import Error as DatabaseFailure
from django.db import transaction
from django.utils.translation import gettext as _

from activity.drafts import EventDraft
from activity.importers.files.opening import OpenFile
from activity.importers.files.rows import Parsed, Rejected, Unusable
from activity.importers.runs.garbage import few_collections
from activity.importers.runs.recorders import Recording
from activity.importers.runs.rejects import MAX_MESSAGES, Rejects
from activity.importers.runs.session import Session
from activity.recording import Receipt
from activity.uploads.claims import Claim, ClaimLost
from activity.uploads.models import FILES, Status
from activity.uploads.sources import opened

TURN_SECONDS = 10.0
SAVE_SECONDS = 1.0

logger = logging.getLogger(__name__)


class Stopped(Exception):  # noqa: N818 - reads as what it is: `except Stopped`
    """The worker was told to stop."""


class Import:
    """One attempt to import a file, always from its beginning.

    `stored_before` is the number of events that interrupted attempts have stored. This attempt
    sees them as duplicates, so they are counted as accepted instead.
    """

    def __init__(self, claim: Claim) -> None:
        self.claim = claim
        self.job = claim.job
        self.session = Session(self._record, self._refuse)
        self.recording = Recording(self.job.organization)
        self.stored_before = self.job.accepted
        self.bytes_read = 0
        self.refusals: list[tuple[str, str]] = []
        self.span: dict[str, datetime] = {}
        self.is_at_end = False
        self._file: OpenFile | None = None
        self._stack = ExitStack()
        self._is_stopping: Callable[[], bool] = lambda: False
        self._next_save = 0.0

    def take_turn(self, is_stopping: Callable[[], bool]) -> bool:
        """Import for about `TURN_SECONDS`; return whether the import has ended.

        Database errors are raised. Another attempt starts when the claim has expired.
        """
        self._is_stopping = is_stopping
        try:
            return self._attempt()
        except ClaimLost:
            logger.info("Import %d was cancelled or taken over.", self.job.pk)
            return True

    def _attempt(self) -> bool:
        """Run one turn, and store errors for the page of the import."""
        try:
            return self._run_turn()
        except Stopped:
            self.claim.give_back()
        except Unusable as error:
            self.claim.finish(Status.FAILED, error=str(error))
            self.job.delete_files()
        except FileNotFoundError:
            self.claim.finish(Status.FAILED, error=_file_not_found())
        except (ClaimLost, DatabaseFailure):
            raise
        except Exception:
            logger.exception("Import %d cannot be finished.", self.job.pk)
            message = _("An unexpected error occurred. See the log of the worker.")
            self.claim.finish(Status.FAILED, error=message)
        return True

    def close(self) -> None:
        self._stack.close()

    def _run_turn(self) -> bool:
        if self._is_stopping():
            raise Stopped
        if self._file is None:
            self._file = self._open()
        with few_collections():
            self.session.run(self._until_deadline(self._file.rows))
        if self.is_at_end:
            self._finish(self._file)
        else:
            self.recording.finish()  # makes the turn durable before the next one
        return self.is_at_end

    def _open(self) -> OpenFile:
        file = self._stack.enter_context(opened(self.job, self._on_read))
        storage, previous_rejects = self.job.file.storage, self.job.rejects.name
        self.job.rejects.name = storage.save(uuid.uuid4().hex, ContentFile(b""))
        self.claim.save(rejects=self.job.rejects.name)
        if previous_rejects:
            storage.delete(previous_rejects)
        rejects_file = self._stack.enter_context(storage.open(self.job.rejects.name, "wb"))
        self.rejects = Rejects(lambda message: None, cast("BinaryIO", rejects_file))
        return file

    def _finish(self, file: OpenFile) -> None:
        self.close()
        self.claim.finish(
            Status.DONE,
            **self._figures() | {"bytes_read": self.job.size},
            guessed=file.times.guessed,
            refusals=self.refusals,
        )
        self.job.delete_files(*(["file", "members"] if self.job.rejects.size else FILES))
        logger.info("Import %d is done: %s", self.job.pk, self.session.tally)

    def _until_deadline(self, rows: Iterable[Parsed | Rejected]) -> Iterator[Parsed | Rejected]:
        deadline = time.monotonic() + TURN_SECONDS
        for row in rows:
            yield row
            if time.monotonic() > deadline:
                return
        self.is_at_end = True

    def _on_read(self, count: int) -> None:
        self.bytes_read += count

    def _record(self, drafts: Sequence[EventDraft], meanwhile: Callable[[], None]) -> Receipt:
        """Store a chunk and its counts in one transaction."""
        if self._is_stopping():
            raise Stopped
        with transaction.atomic():
            receipt = self.recording(drafts, lambda: None)
            self._widen_span(drafts)
            self.claim.save(**self._figures(receipt))
            meanwhile()
        return receipt

    def _widen_span(self, drafts: Sequence[EventDraft]) -> None:
        times = [*self.span.values(), *(draft.occurred_at for draft in drafts)]
        self.span = {"earliest": min(times), "latest": max(times)}

    def _refuse(self, rejected: Rejected) -> None:
        self.rejects.add(rejected)
        if len(self.refusals) < MAX_MESSAGES:
            self.refusals.append((str(rejected.raw.place), rejected.reason))
        if time.monotonic() >= self._next_save:
            self._next_save = time.monotonic() + SAVE_SECONDS
            if self._is_stopping():
                raise Stopped
            self.claim.save(**self._figures())

    def _figures(self, receipt: Receipt | None = None) -> dict[str, Any]:
        """Return the counts so far, including the chunk of `receipt`."""
        tally = self.session.tally
        chunk = receipt or Receipt(0, 0, (), 0)
        known = tally.duplicates + chunk.duplicates - self.stored_before
        return {
            "accepted": self.stored_before + tally.accepted + chunk.accepted,
            "duplicates": max(0, known),
            "conflicts": tally.conflicts + len(chunk.conflicts),
            "rejected": tally.rejected,
            "bytes_read": min(self.bytes_read, self.job.size),
            **self.span,
        }


def _file_not_found() -> str:
    return _(
        "The worker cannot find the file. Ask the operator of the site whether the site and "
        "the worker share UPLOADS_DIR."
    )
