"""A second process makes drafts of a large file's rows while this one stores those before.

Threads of Python would take turns. The helper never connects to the database, and keeps nothing of
one batch for the next. Until it has started, and should it die, its work is done here.
"""

import logging
import os
import pickle
import select
import signal
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from types import TracebackType
from typing import Any, NamedTuple, Self

import django
from django.conf import settings

from activity.drafts import EventDraft
from activity.importers.files.rows import Parsed, Rejected, Row, batches
from activity.importers.options import Options
from activity.importers.runs.garbage import few_collections

READY = "ready"
# ValueError: `select` takes no more than a thousand open files.
BROKEN = (OSError, EOFError, ValueError, pickle.UnpicklingError)

logger = logging.getLogger(__name__)


class Drafted(NamedTuple):
    """A draft, and its place in the log that it was exported from."""

    draft: EventDraft
    seq: int | None = None


# Makes drafts of the contents of rows; for one that is refused, it says why.
Drafter = Callable[[Sequence[Any], Options], list[Drafted | str]]
Batch = list[Row | Rejected]


class Helper:
    """Runs `drafter`, which can be pickled, until the `with` block ends, or this process."""

    def __init__(self, drafter: Drafter, options: Options) -> None:
        self._drafter = drafter
        self._options = options
        self._process: subprocess.Popen[bytes] | None = None
        self._questions: Any = None  # the pipes to the process and from it, when there is one
        self._answers: Any = None
        self._is_ready = False

    def __enter__(self) -> Self:
        command = [sys.executable, "-c", f"from {__name__} import serve; serve()"]
        pipe = subprocess.PIPE
        try:
            self._process = subprocess.Popen(  # noqa: S603 - our own code
                command,
                cwd=settings.BASE_DIR,
                stdin=pipe,
                stdout=pipe,
                process_group=0,  # Ctrl+C is for us
            )
        except OSError as error:
            logger.warning("Importing without a helper, which cannot be started: %s", error)
        else:
            self._questions, self._answers = self._process.stdin, self._process.stdout
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._process is not None:
            self._process.kill()
            with suppress(BrokenPipeError), self._process:
                pass  # closes the pipes, and waits

    def parsed(self, rows: Iterable[Row | Rejected]) -> Iterator[Parsed | Rejected]:
        """What becomes of each row, in order. The helper is one batch ahead of the caller."""
        pending: Batch = []
        for batch in batches(rows):
            before, pending = self._received(pending), batch if self._can_send(batch) else []
            yield from before
            if not pending:
                yield from self._drafted_here(batch)
        yield from self._received(pending)

    def _can_send(self, batch: Batch) -> bool:
        if self._process is None:
            return False
        try:
            if not self._is_ready and self._has_started():
                self._send((self._drafter, self._options))
                self._is_ready = True
            if self._is_ready:
                self._send(_contents(batch))
        except BROKEN:
            self._give_up()
        return self._is_ready

    def _received(self, batch: Batch) -> list[Parsed | Rejected]:
        if not batch or self._process is None:
            return self._drafted_here(batch)
        try:
            answer = pickle.load(self._answers)  # noqa: S301 - from our own process
        except BROKEN:
            self._give_up()
            answer = None
        if answer is None:
            return self._drafted_here(batch)
        outcomes, guessed = answer
        self._options.times.guessed += guessed
        return _joined(batch, outcomes)

    def _drafted_here(self, batch: Batch) -> list[Parsed | Rejected]:
        return _joined(batch, self._drafter(_contents(batch), self._options))

    def _has_started(self) -> bool:
        has_answered = bool(select.select([self._answers], [], [], 0)[0])
        return has_answered and pickle.load(self._answers) == READY  # noqa: S301 - as above

    def _send(self, message: Any) -> None:
        pickle.dump(message, self._questions, pickle.HIGHEST_PROTOCOL)
        self._questions.flush()

    def _give_up(self) -> None:
        logger.warning("The helper of an import has died. Going on without it.")
        self.__exit__(None, None, None)
        self._process, self._is_ready = None, False


def _contents(batch: Batch) -> list[Any]:
    return [row.content for row in batch if isinstance(row, Row)]


def _joined(batch: Batch, outcomes: list[Drafted | str]) -> list[Parsed | Rejected]:
    """The rows of `batch` with what became of them."""
    rest = iter(outcomes)
    joined: list[Parsed | Rejected] = []
    for row in batch:
        if isinstance(row, Rejected):
            joined.append(row)
        elif isinstance(outcome := next(rest), str):
            joined.append(Rejected(row.raw, outcome))
        else:
            joined.append(Parsed(row.raw, *outcome))
    return joined


def serve() -> None:
    """What the helper does, until nobody asks any more: batches in, what became of them out."""
    questions, answers = sys.stdin.buffer, os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    sys.stdout = sys.stderr  # nothing else may go between the answers
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # it ends with whoever asks
    django.setup()
    with few_collections(), suppress(*BROKEN):
        _answer(answers, pickle.dumps(READY))
        drafter, options = pickle.load(questions)  # noqa: S301 - from our own process
        while True:
            options.times.guessed = 0
            outcomes = drafter(pickle.load(questions), options)  # noqa: S301 - as above
            _answer(answers, _pickled((outcomes, options.times.guessed)))


def _pickled(answer: Any) -> bytes:
    """`answer`, or None in its place when data is nested too deep for pickling."""
    try:
        return pickle.dumps(answer, pickle.HIGHEST_PROTOCOL)
    except RecursionError:
        return pickle.dumps(None)


def _answer(answers: Any, message: bytes) -> None:
    answers.write(message)
    answers.flush()
