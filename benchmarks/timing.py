"""Clocks. All figures are milliseconds or seconds of wall time, never of the processor."""

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
    """`milliseconds` spent, and the statements that the database was sent."""

    milliseconds: float = 0
    statements: list[tuple[str, Any, float]] = field(default_factory=list)


@contextmanager
def sql_clock() -> Iterator[Clock]:
    """Adds up the time in the database: sending, running and fetching, not making objects."""
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
    """How many milliseconds `action` takes."""
    started = time.perf_counter()
    action()
    return (time.perf_counter() - started) * 1000


@dataclass(slots=True)
class BatchContext:
    """One case: its first touch in this run, which may have read from disk, and the warm ones."""

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
        """JSON. `median` is None when there was no time for a warm one."""
        rounded = [round(spent, 3) for spent in self.warm]
        return {
            "name": self.name,
            "first": None if self.first is None else round(self.first, 3),
            "median": round(median(self.warm), 3) if self.warm else None,
            "worst": max(rounded, default=None),
            "n": len(rounded),
            "error": self.error,
        }


def alternate(cases: Sequence[BatchContext], repeats: int, seconds: float) -> None:
    """Touch all cases once, then `repeats` times in the order A B, B A, A B...

    Stops in between when `seconds` have passed: then some cases have fewer figures, as they say.
    """
    deadline = time.monotonic() + seconds
    for turn in range(1 + repeats):
        for case in cases if turn % 2 == 0 else reversed(cases):
            if time.monotonic() > deadline:
                return
            if not case.error:
                case.touch()
