"""What the worker does about uploads."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass

from activity.uploads import claims
from activity.uploads.cleanup import tidy
from activity.uploads.importing import Import

TIDY_SECONDS = 600.0

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class UploadWork:
    """A task of the worker: a turn of one import, or, when there is none, tidying now and then.

    `current` is under way in this process. It is in turns so that other tasks have theirs.
    """

    current: Import | None = None
    next_tidy: float = 0.0

    def __call__(self, is_stopping: Callable[[], bool]) -> bool:
        """Whether there was something to do."""
        if self.current is None:
            claim = claims.take()
            if claim is None:
                return self._tidy()
            logger.info("Import %d of %s begins.", claim.job.pk, claim.job.organization.slug)
            self.current = Import(claim)
        has_ended = True
        try:
            has_ended = self.current.take_turn(is_stopping)
        finally:
            if has_ended:
                self._let_go()
        return True

    def stop(self) -> None:
        """Give back what is under way, so that another worker need not wait for it."""
        if self.current is not None:
            self.current.take_turn(lambda: True)
            self._let_go()

    def _let_go(self) -> None:
        if self.current is not None:
            self.current.close()
            self.current = None

    def _tidy(self) -> bool:
        if time.monotonic() < self.next_tidy:
            return False
        self.next_tidy = time.monotonic() + TIDY_SECONDS
        return tidy()


work = UploadWork()
