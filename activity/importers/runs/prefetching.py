"""The next rows are made ready while the database commits those before."""

import threading
from collections.abc import Iterator
from types import TracebackType
from typing import Generic, Self, TypeVar

Item = TypeVar("Item")


class Ahead(Generic[Item]):
    """The same items, each made in a thread: when it is wanted, or before, from `begin` on.

    Python runs one thread at a time. So `begin` is for when the caller is about to wait. What
    `items` raises is raised here, in its place.
    """

    def __init__(self, items: Iterator[Item]) -> None:
        self._items = items
        self._thread: threading.Thread | None = None
        self._item: Item | None = None
        self._error: BaseException | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._thread is not None:
            self._thread.join()

    def begin(self) -> None:
        """Begin to make the next item, if that was not done already."""
        if self._thread is None:
            # A daemon, so that nobody waits for a file that does not answer when all shall end.
            self._thread = threading.Thread(target=self._make, name="ahead", daemon=True)
            self._thread.start()

    def _make(self) -> None:
        try:
            self._item = next(self._items, None)
        except BaseException as error:  # noqa: BLE001 - raised again by the consumer
            self._error = error

    def __iter__(self) -> Iterator[Item]:
        while True:
            self.begin()
            if self._thread is not None:
                self._thread.join()
                self._thread = None
            if self._error is not None:
                raise self._error
            if self._item is None:
                return
            yield self._item
