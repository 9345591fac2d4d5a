"""The worker: does whatever the database says is due, until it is told to stop.

It keeps no state of its own. Several may run side by side, and any may be killed at any time.
"""

import logging
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from django.db import InterfaceError, OperationalError, close_old_connections, connections

from activity.delivery.engine import deliver
from activity.delivery.upkeep import reseal_secrets
from activity.uploads.work import work as import_uploads
from activity.worker import heartbeats

Task = Callable[[Callable[[], bool]], bool]

# Each does one bounded piece of work, if some is due, and says whether it did. In between it asks
# whether it is to stop.
TASKS: list[Task] = [deliver, import_uploads]

DATABASE_GONE = (OperationalError, InterfaceError)  # or too busy; it may come back
POLL_SECONDS = (0.5, 1.5)
LONGEST_PAUSE = 30.0

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class Worker:
    name: str = field(default_factory=heartbeats.new_name)
    has_to_stop: bool = False
    _is_prepared: bool = False
    _beaten_at: float = 0.0
    _failures: int = 0

    def stop(self, *_signal: object) -> None:
        """End after the batch in hand. A handler of signals."""
        self.has_to_stop = True

    def is_stopping(self) -> bool:
        """What tasks ask now and then, which also shows that they are alive."""
        now = time.monotonic()
        if not self.has_to_stop and now >= self._beaten_at + heartbeats.BEAT_EVERY.total_seconds():
            heartbeats.beat(self.name)
            self._beaten_at = now
        return self.has_to_stop

    def run(self) -> None:
        """Work until `stop`. A database that goes away is waited for."""
        logger.info("Worker %s begins.", self.name)
        while not self.has_to_stop:
            try:
                did_something = self.run_once()
                self._failures = 0
            except DATABASE_GONE as error:
                self._wait_for_database(error)
                continue
            if not did_something:
                self._sleep(random.uniform(*POLL_SECONDS))  # noqa: S311 - no secret
        self._say_goodbye()

    def run_once(self) -> bool:
        """Each task once; whether any did something. Raises `DATABASE_GONE`."""
        close_old_connections()
        if not self._is_prepared:
            reseal_secrets()
            self._is_prepared = True
        did_something = False
        for task in TASKS:
            if self.is_stopping():
                break
            did_something |= self._attempt(task)
        return did_something

    def run_all(self) -> None:
        """Everything that is due now. Raises `DATABASE_GONE`."""
        while self.run_once() and not self.has_to_stop:
            pass
        self._say_goodbye()

    def _attempt(self, task: Task) -> bool:
        """A mistake in one task must not keep the others from their work."""
        try:
            return task(self.is_stopping)
        except DATABASE_GONE:
            raise
        except Exception:
            logger.exception("A task of the worker failed.")
            return False

    def _wait_for_database(self, error: Exception) -> None:
        self._failures += 1
        pause = min(LONGEST_PAUSE, 2.0 ** min(self._failures - 1, 5))
        logger.warning("The database failed (%s); again in %.0f s.", error, pause)
        connections.close_all()
        self._sleep(pause)

    def _sleep(self, seconds: float) -> None:
        """In short pieces, since a signal does not end a sleep."""
        end = time.monotonic() + seconds
        while not self.has_to_stop and (left := end - time.monotonic()) > 0:
            time.sleep(min(left, 0.25))

    def _say_goodbye(self) -> None:
        try:
            import_uploads.stop()
            heartbeats.end(self.name)
        except DATABASE_GONE:
            logger.warning("Worker %s ends without its database.", self.name)
        else:
            logger.info("Worker %s ends.", self.name)
