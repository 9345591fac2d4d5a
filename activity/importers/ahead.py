"""The next rows are made ready while the database commits those before."""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
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
        self._thread = ThreadPoolExecutor(1, "ahead")
        self._coming: Future[Item | None] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._thread.shutdown()

    def begin(self) -> None:
        """Begin to make the next item, if that was not done already."""
        if self._coming is None:
            self._coming = self._thread.submit(next, self._items, None)

    def __iter__(self) -> Iterator[Item]:
        while True:
            self.begin()
            if self._coming is None or (item := self._coming.result()) is None:
                return
            self._coming = None
            yield item
