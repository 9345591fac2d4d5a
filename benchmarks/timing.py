"""Timers. All figures are wall time, in milliseconds unless a name says seconds."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from django.db import DatabaseError, connection

from activity.reading.timeouts import QueryTimeout

Action = Callable[[], Any]


@dataclass(slots=True)
class Clock:
    """Total `milliseconds`, and the statements sent: SQL, parameters and milliseconds of each."""

    milliseconds: float = 0
    statements: list[tuple[str, Any, float]] = field(default_factory=list)


@contextmanager
def sql_clock() -> Iterator[Clock]:
    """Add up the time of statements: sending, running and fetching, without building objects."""
    clock = Clock()

    def timed(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:  # noqa: FBT001 - Django calls it so
        started = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            spent = (time.perf_counter() - started) * 1000
            clock.milliseconds += spent
            clock.statements.append((sql, params, spent))

    with connection.execute_wrapper(timed):
        yield clock


def wall(action: Action) -> float:
    """The duration of `action` in milliseconds."""
    started = time.perf_counter()
    action()
    return (time.perf_counter() - started) * 1000


@dataclass(slots=True)
class Case:
    """A measured case: its first call in this run, which may read from disk, and warm calls."""

    name: str
    measure: Callable[[], float]
    first: float | None = None
    warm: list[float] = field(default_factory=list)
    error: str = ""

    def touch(self) -> None:
        try:
            spent = self.measure()
        except (DatabaseError, QueryTimeout) as error:
            self.error = (str(error) or type(error).__name__).splitlines()[0]
            return
        if self.first is None:
            self.first = spent
        else:
            self.warm.append(spent)

    def figures(self) -> dict[str, Any]:
        """The figures as JSON. `median` is None when time ran out before a warm call."""
        rounded = [round(spent, 3) for spent in self.warm]
        return {
            "name": self.name,
            "first": None if self.first is None else round(self.first, 3),
            "median": round(median(self.warm), 3) if self.warm else None,
            "worst": max(rounded, default=None),
            "n": len(rounded),
            "error": self.error,
        }


def alternate(cases: Sequence[Case], repeats: int, seconds: float) -> None:
    """Call all cases once, then `repeats` times in alternating order: A B, B A, A B...

    Stops after `seconds`. Some cases then have fewer calls; `n` in their figures says how many.
    """
    deadline = time.monotonic() + seconds
    for turn in range(1 + repeats):
        for case in cases if turn % 2 == 0 else reversed(cases):
            if time.monotonic() > deadline:
                return
            if not case.error:
                case.touch()
