"""A limit to how long a query may take, so that a page renders whatever is asked."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import OperationalError, connections, transaction

SQLITE_STEPS = 10_000
# Parallel workers take longer to start than a page takes to read, and a bitmap holds no order: all
# that match would be read and sorted.
FOR_PAGES = {"max_parallel_workers_per_gather": "0", "enable_bitmapscan": "off"}


class OutOfTime(Exception):  # noqa: N818 - an answer, not a failure
    """The database was told to stop."""


@contextmanager
def time_budget(seconds: float, using: str = "default", *, is_page: bool = False) -> Iterator[None]:
    """Stop each query inside after about `seconds`. Raises `OutOfTime`.

    With `is_page`, PostgreSQL is to read few rows in the order of an index (see `FOR_PAGES`).
    """
    connection = connections[using]
    if connection.vendor == "postgresql":
        limit = _limit_on_postgresql(seconds, using, is_page=is_page)
    else:
        limit = _limit_on_sqlite(seconds, using)
    try:
        with limit:
            yield
    except OperationalError as error:
        if _is_time_out(error):
            raise OutOfTime from error
        raise


@contextmanager
def _limit_on_postgresql(seconds: float, using: str, *, is_page: bool) -> Iterator[None]:
    is_nested = connections[using].in_atomic_block
    names = ["statement_timeout", *(FOR_PAGES if is_page else ())]
    values = [str(max(1, int(seconds * 1000))), *FOR_PAGES.values()]
    with transaction.atomic(using=using), connections[using].cursor() as cursor:
        cursor.execute(
            "; ".join(f"SET LOCAL {n} = {v}" for n, v in zip(names, values, strict=False))
        )
        yield
        if is_nested:  # else it ends with the transaction
            cursor.execute("; ".join(f"SET LOCAL {name} = DEFAULT" for name in names))


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


def _is_time_out(error: OperationalError) -> bool:
    cause = error.__cause__
    return (
        getattr(cause, "sqlstate", "") == "57014"  # query_canceled
        or getattr(cause, "sqlite_errorname", "") == "SQLITE_INTERRUPT"
    )
