"""Time limits of queries, so that a page renders even if its query is slow; planner settings."""

import time
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager

from django.db import OperationalError, connections, transaction

SQLITE_STEPS = 10_000
# Settings of PostgreSQL's planner, for statements whose plan must not depend on statistics: these
# may be missing or old.
#
# A page reads few rows. Starting parallel workers or compiling takes longer than that. A bitmap
# scan loses the order of the index, so that all matching rows would be read and sorted.
FEW_ROWS = {
    "max_parallel_workers_per_gather": "0",
    "enable_bitmapscan": "off",
    "jit": "off",
}
# An index returns the rows in the requested order. If the planner expects one row, sorting looks as
# cheap, and it would sort the whole log; or it would compare each event with all people.
IN_ORDER = {**FEW_ROWS, "enable_sort": "off", "enable_material": "off"}
NO_SETTINGS: Mapping[str, str] = {}


class QueryTimeout(Exception):  # noqa: N818 - an answer, not a failure
    """The database cancelled the query after the time limit."""


@contextmanager
def planner_settings(using: str, settings: Mapping[str, str]) -> Iterator[None]:
    """Statements inside the block run with these settings of PostgreSQL, in one transaction.

    Other databases have no such settings, and get no transaction.
    """
    connection = connections[using]
    if connection.vendor != "postgresql":
        yield
        return
    is_nested = connection.in_atomic_block
    with transaction.atomic(using=using), connection.cursor() as cursor:
        cursor.execute("; ".join(f"SET LOCAL {name} = {value}" for name, value in settings.items()))
        yield
        if is_nested:  # otherwise the settings end with the transaction
            cursor.execute("; ".join(f"SET LOCAL {name} = DEFAULT" for name in settings))


@contextmanager
def statement_timeout(
    seconds: float, using: str = "default", *, planner: Mapping[str, str] = NO_SETTINGS
) -> Iterator[None]:
    """Cancel each query inside the block after about `seconds`. Raises `QueryTimeout`.

    `planner` are settings of PostgreSQL inside the block: `FEW_ROWS`, `IN_ORDER` or none.
    """
    connection = connections[using]
    limit: AbstractContextManager[None]
    if connection.vendor == "postgresql":
        limit = _limit_on_postgresql(seconds, using, planner)
    else:
        limit = _limit_on_sqlite(seconds, using)
    try:
        with limit:
            yield
    except OperationalError as error:
        if _is_timeout(error):
            raise QueryTimeout from error
        raise


def _limit_on_postgresql(
    seconds: float, using: str, planner: Mapping[str, str]
) -> AbstractContextManager[None]:
    limit = {"statement_timeout": str(max(1, int(seconds * 1000)))}
    return planner_settings(using, {**limit, **planner})


@contextmanager
def _limit_on_sqlite(seconds: float, using: str) -> Iterator[None]:
    connections[using].ensure_connection()
    connection = connections[using].connection
    deadline = time.monotonic() + seconds
    connection.set_progress_handler(lambda: time.monotonic() > deadline, SQLITE_STEPS)
    try:
        yield
    finally:
        connection.set_progress_handler(None, SQLITE_STEPS)


def _is_timeout(error: OperationalError) -> bool:
    cause = error.__cause__
    return (
        getattr(cause, "sqlstate", "") == "57014"  # query_canceled
        or getattr(cause, "sqlite_errorname", "") == "SQLITE_INTERRUPT"
    )
