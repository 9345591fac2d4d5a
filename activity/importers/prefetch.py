"""Reading ahead: the next rows are parsed while the database is busy with the last ones."""

import queue
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeVar

Item = TypeVar("Item")

DEPTH = 2


@dataclass(frozen=True, slots=True)
class _End:
    """After the last item. `error` is what `items` raised, if it did."""

    error: BaseException | None = None


def ahead(items: Iterable[Item]) -> Iterator[Item]:
    """The same items, made in a thread of their own, at most `DEPTH` of them in advance.

    What `items` raises is raised here, in its place. The thread ends when the consumer stops.
    """
    ready: queue.Queue[tuple[Item] | _End] = queue.Queue(maxsize=DEPTH)
    is_stopped = threading.Event()

    def put(entry: tuple[Item] | _End) -> None:
        while not is_stopped.is_set():
            try:
                ready.put(entry, timeout=0.1)
            except queue.Full:
                continue
            return

    def produce() -> None:
        try:
            for item in items:
                put((item,))
                if is_stopped.is_set():
                    return
        except BaseException as error:  # noqa: BLE001 - raised again by the consumer
            put(_End(error))
        else:
            put(_End())

    thread = threading.Thread(target=produce, name="read-ahead", daemon=True)
    thread.start()
    try:
        while not isinstance(entry := ready.get(), _End):
            yield entry[0]
        if entry.error is not None:
            raise entry.error
    finally:
        is_stopped.set()
        thread.join()
