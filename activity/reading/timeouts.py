"""A time limit for queries, so that a page renders even if its query is slow."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import OperationalError, connections, transaction

SQLITE_STEPS = 10_000
# A page reads few rows. Starting parallel workers takes longer than that. A bitmap scan loses the
# order of the index, so that all matching rows would be read and sorted.
PAGE_SETTINGS = {"max_parallel_workers_per_gather": "0", "enable_bitmapscan": "off"}


class QueryTimeout(Exception):  # noqa: N818 - an answer, not a failure
    """The database cancelled the query after the time limit."""


@contextmanager
def statement_timeout(
    seconds: float, using: str = "default", *, is_page: bool = False
) -> Iterator[None]:
    """Cancel each query inside the block after about `seconds`. Raises `QueryTimeout`.

    With `is_page`, PostgreSQL plans for reading few rows in index order (`PAGE_SETTINGS`).
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
        if _is_timeout(error):
            raise QueryTimeout from error
        raise


@contextmanager
def _limit_on_postgresql(seconds: float, using: str, *, is_page: bool) -> Iterator[None]:
    is_nested = connections[using].in_atomic_block
    names = ["statement_timeout", *(PAGE_SETTINGS if is_page else ())]
    values = [str(max(1, int(seconds * 1000))), *PAGE_SETTINGS.values()]
    with transaction.atomic(using=using), connections[using].cursor() as cursor:
        cursor.execute(
            "; ".join(f"SET LOCAL {n} = {v}" for n, v in zip(names, values, strict=False))
        )
        yield
        if is_nested:  # otherwise the settings end with the transaction
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


def _is_timeout(error: OperationalError) -> bool:
    cause = error.__cause__
    return (
        getattr(cause, "sqlstate", "") == "57014"  # query_canceled
        or getattr(cause, "sqlite_errorname", "") == "SQLITE_INTERRUPT"
    )
