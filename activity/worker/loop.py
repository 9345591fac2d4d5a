"""The worker: runs its tasks until it is told to stop.

All state is in the database. Any number of workers may run side by side, and any of them may be
killed at any time.
"""

import logging
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from django.db import close_old_connections, connections

from activity.database_errors import DATABASE_ERRORS, on_one_line
from activity.worker import heartbeats

# One bounded piece of work. Takes a function that says whether to stop, and calls it between
# steps. Returns whether there was something to do.
Task = Callable[[Callable[[], bool]], bool]
Step = Callable[[], None]

POLL_SECONDS = (0.5, 1.5)
MAX_PAUSE = 30.0
SLEEP_SECONDS = 0.25

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class Worker:
    """Runs `on_start` once, then `tasks` in turn, and `on_stop` at the end."""

    tasks: Sequence[Task]
    on_start: Sequence[Step] = ()
    on_stop: Sequence[Step] = ()
    name: str = field(default_factory=heartbeats.new_name)
    has_to_stop: bool = False
    _has_started: bool = False
    _beaten_at: float = 0.0
    _failures: int = 0

    def stop(self, *_signal: object) -> None:
        """Stop after the current step. Usable as a signal handler."""
        self.has_to_stop = True

    def is_stopping(self) -> bool:
        """Whether tasks have to stop. Also sends the heartbeat when one is due."""
        now = time.monotonic()
        if not self.has_to_stop and now >= self._beaten_at + heartbeats.BEAT_EVERY.total_seconds():
            heartbeats.beat(self.name)
            self._beaten_at = now
        return self.has_to_stop

    def run(self) -> None:
        """Work until `stop` is called. If the database fails, wait and try again."""
        logger.info("Worker %s starts.", self.name)
        while not self.has_to_stop:
            try:
                did_something = self.run_once()
                self._failures = 0
            except DATABASE_ERRORS as error:
                self._wait_for_database(error)
                continue
            if not did_something:
                self._sleep(random.uniform(*POLL_SECONDS))  # noqa: S311 - no secret
        self._end()

    def run_once(self) -> bool:
        """Run each task once. Returns whether any did something. Raises `DATABASE_ERRORS`."""
        close_old_connections()
        if not self._has_started:
            for step in self.on_start:
                step()
            self._has_started = True
        did_something = False
        for task in self.tasks:
            if self.is_stopping():
                break
            did_something |= self._run(task)
        return did_something

    def run_all(self) -> None:
        """Work until nothing is due. Raises `DATABASE_ERRORS`."""
        while self.run_once() and not self.has_to_stop:
            pass
        self._end()

    def _run(self, task: Task) -> bool:
        """An error in one task is logged and does not stop the other tasks."""
        try:
            return task(self.is_stopping)
        except DATABASE_ERRORS:
            raise
        except Exception:
            logger.exception("A task of the worker failed.")
            return False

    def _wait_for_database(self, error: Exception) -> None:
        self._failures += 1
        pause = min(MAX_PAUSE, 2.0 ** min(self._failures - 1, 5))
        logger.warning(
            "The database failed (%s). Next attempt in %.0f s.", on_one_line(error), pause
        )
        connections.close_all()
        self._sleep(pause)

    def _sleep(self, seconds: float) -> None:
        """Sleep in short intervals: a signal handler does not interrupt `time.sleep`."""
        end = time.monotonic() + seconds
        while not self.has_to_stop and (left := end - time.monotonic()) > 0:
            time.sleep(min(left, SLEEP_SECONDS))

    def _end(self) -> None:
        try:
            for step in self.on_stop:
                step()
            heartbeats.end(self.name)
        except DATABASE_ERRORS:
            logger.warning("Worker %s stopped; the database was not reachable.", self.name)
        else:
            logger.info("Worker %s stopped.", self.name)
