"""Reading ahead: the next rows are parsed while the database is busy with the last ones."""

import queue
import threading
from collections.abc import Iterable, Iterator
from typing import TypeVar

Item = TypeVar("Item")

DEPTH = 2


class _Failure:
    def __init__(self, error: BaseException) -> None:
        self.error = error


_END = object()


def ahead(items: Iterable[Item]) -> Iterator[Item]:
    """The same items, made in a thread of their own, at most `DEPTH` of them in advance.

    What `items` raises is raised here, in its place. The thread ends when the consumer stops.
    """
    ready: queue.Queue[object] = queue.Queue(maxsize=DEPTH)
    is_stopped = threading.Event()

    def put(item: object) -> None:
        while not is_stopped.is_set():
            try:
                ready.put(item, timeout=0.1)
            except queue.Full:
                continue
            return

    def produce() -> None:
        try:
            for item in items:
                put(item)
                if is_stopped.is_set():
                    return
        except BaseException as error:  # noqa: BLE001 - raised again by the consumer
            put(_Failure(error))
        else:
            put(_END)

    thread = threading.Thread(target=produce, name="read-ahead", daemon=True)
    thread.start()
    try:
        while (item := ready.get()) is not _END:
            if isinstance(item, _Failure):
                raise item.error
            yield item  # type: ignore[misc] - the queue holds items, or what is told apart above
    finally:
        is_stopped.set()
        thread.join()
