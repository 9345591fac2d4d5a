"""A second process makes drafts of a large file's rows while this one stores those before.

Threads of Python would take turns. The helper has no database and knows what it is sent, no more.
Until it has started, and should it die, its work is done here.
"""

import gc
import multiprocessing
import signal
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from multiprocessing.connection import Connection
from types import TracebackType
from typing import Any, NamedTuple, Self

import django

from activity.drafts import EventDraft
from activity.importers.options import Options
from activity.importers.rows import Parsed, Rejected, Row

BATCH_ROWS = 5000
BATCH_BYTES = 8 * 1024 * 1024
COLLECT_EVERY = 500_000  # objects; rows hold no cycles
IS_READY = "ready"


class Made(NamedTuple):
    """A draft, and its place in the log that it was exported from."""

    draft: EventDraft
    seq: int | None = None


# Makes drafts of the contents of rows; for one that cannot be made, it says why.
Maker = Callable[[Sequence[Any], Options], list[Made | str]]
Batch = list[Row | Rejected]


class Helper:
    """Runs `make`, which must be fit for pickling, until the `with` block or this process ends."""

    def __init__(self, make: Maker, options: Options) -> None:
        self._make = make
        self._options = options
        self._is_ready = False
        context = multiprocessing.get_context("spawn")  # a fork would share our connections
        self._connection, self._theirs = context.Pipe()
        self._process = context.Process(
            target=_serve, args=(self._theirs, make, options), daemon=True
        )

    def __enter__(self) -> Self:
        with suppress(OSError):
            self._process.start()
        self._theirs.close()  # so that each notices the other's end
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._connection.close()
        if self._process.pid is not None:
            self._process.terminate()
            self._process.join()

    def parsed(self, rows: Iterable[Row | Rejected]) -> Iterator[Parsed | Rejected]:
        """What becomes of each row, in order. The helper is one batch ahead of the caller."""
        pending: Batch = []
        for batch in _batches(rows):
            before, pending = self._received(pending), batch if self._can_send(batch) else []
            yield from before
            if not pending:
                yield from _joined(batch, self._make(_contents(batch), self._options))
        yield from self._received(pending)

    def _can_send(self, batch: Batch) -> bool:
        try:
            if not self._is_ready and self._connection.poll():
                self._is_ready = self._connection.recv() == IS_READY
            if self._is_ready:
                self._connection.send(_contents(batch))
        except (OSError, EOFError):
            self._is_ready = False
        return self._is_ready

    def _received(self, batch: Batch) -> list[Parsed | Rejected]:
        if not batch:
            return []
        try:
            made, guessed = self._connection.recv()
        except (OSError, EOFError):
            made, guessed = self._make(_contents(batch), self._options), 0
        self._options.times.guessed += guessed
        return _joined(batch, made)


def _batches(rows: Iterable[Row | Rejected]) -> Iterator[Batch]:
    batch: Batch = []
    size = 0
    for row in rows:
        batch.append(row)
        size += len(row.raw.content)
        if len(batch) >= BATCH_ROWS or size > BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _contents(batch: Batch) -> list[Any]:
    return [row.content for row in batch if isinstance(row, Row)]


def _joined(batch: Batch, made: list[Made | str]) -> list[Parsed | Rejected]:
    """The rows of `batch` with what was made of them."""
    results = iter(made)
    joined: list[Parsed | Rejected] = []
    for row in batch:
        if isinstance(row, Rejected):
            joined.append(row)
        elif isinstance(result := next(results), str):
            joined.append(Rejected(row.raw, result))
        else:
            joined.append(Parsed(row.raw, *result))
    return joined


def _serve(connection: Connection, make: Maker, options: Options) -> None:
    """What the helper does, until nobody asks any more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is for whoever asks
    gc.set_threshold(COLLECT_EVERY)
    django.setup()
    with suppress(OSError, EOFError):
        connection.send(IS_READY)
        while True:
            options.times.guessed = 0
            made = make(connection.recv(), options)
            connection.send((made, options.times.guessed))
