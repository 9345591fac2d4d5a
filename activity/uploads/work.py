"""The worker's task for uploads."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass

from activity.uploads import claims
from activity.uploads.cleanup import clean_up
from activity.uploads.importing import Import

CLEANUP_SECONDS = 600.0

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class UploadWork:
    """Runs one turn of an import per call, or the cleanup every `CLEANUP_SECONDS` if none is due.

    `current` is the import in progress in this process. Turns let the worker's other tasks run.
    """

    current: Import | None = None
    next_cleanup: float = 0.0

    def __call__(self, is_stopping: Callable[[], bool]) -> bool:
        """Return whether there was something to do."""
        if self.current is None:
            claim = claims.take()
            if claim is None:
                return self._clean_up()
            logger.info("Import %d of %s starts.", claim.job.pk, claim.job.organization.slug)
            self.current = Import(claim)
        has_ended = True
        try:
            has_ended = self.current.take_turn(is_stopping)
        finally:
            if has_ended:
                self._close()
        return True

    def stop(self) -> None:
        """Release the import in progress, so that another worker can take it at once."""
        if self.current is not None:
            self.current.take_turn(lambda: True)
            self._close()

    def _close(self) -> None:
        if self.current is not None:
            self.current.close()
            self.current = None

    def _clean_up(self) -> bool:
        if time.monotonic() < self.next_cleanup:
            return False
        self.next_cleanup = time.monotonic() + CLEANUP_SECONDS
        return clean_up()


work = UploadWork()
