"""The order of events, cursors and pages (keyset pagination).

The order is `(occurred_at, seq)`, both in the same direction. A page costs the same at any depth:
its condition is a range of the index, not an OFFSET.
"""

import base64
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, Self

from django.db.models import Q, QuerySet

from activity.reading.timeouts import IN_ORDER, planner_settings

PAGE_SIZE = 50
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
LAYOUT = struct.Struct(">?qq")


class Order(StrEnum):
    NEWEST = "newest"
    OLDEST = "oldest"

    @property
    def reverse(self) -> "Order":
        return Order.OLDEST if self is Order.NEWEST else Order.NEWEST


class InvalidCursor(ValueError):  # noqa: N818 - reads as what it is
    """The text is not a cursor."""


@dataclass(frozen=True, slots=True)
class Position:
    occurred_at: datetime
    seq: int

    def to_integers(self) -> tuple[int, int]:
        """Microseconds since 1970 and the sequence number, as cursors store them."""
        return (self.occurred_at - EPOCH) // MICROSECOND, self.seq

    @classmethod
    def from_integers(cls, microseconds: int, seq: int) -> Self:
        """Raises `OverflowError` outside the calendar."""
        return cls(EPOCH + microseconds * MICROSECOND, seq)


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place in an order: just after `position`, or just before it; without one, the end."""

    is_forward: bool
    position: Position | None = None

    def encode(self) -> str:
        """The cursor as opaque text for a URL."""
        if self.position is None:
            return "end"
        return to_text(LAYOUT.pack(self.is_forward, *self.position.to_integers()))

    @classmethod
    def decode(cls, text: str) -> "Cursor":
        """Read the text that `encode` wrote. Raises `InvalidCursor`."""
        if text == "end":
            return cls(is_forward=False)
        try:
            is_forward, *integers = LAYOUT.unpack(from_text(text))
            return cls(is_forward, Position.from_integers(*integers))
        except (struct.error, OverflowError) as error:
            raise InvalidCursor(text) from error


def to_text(packed: bytes) -> str:
    """Packed bytes as text for a URL: base64 without padding."""
    return base64.urlsafe_b64encode(packed).decode().rstrip("=")


def from_text(text: str) -> bytes:
    """Read the text that `to_text` wrote. Raises `InvalidCursor`."""
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), b"-_", validate=True)
    except ValueError as error:
        raise InvalidCursor(text) from error


# Fetches at most `count` rows in an order, from just after a position or from the beginning.
Fetch = Callable[[Order, Position | None, int], list[Any]]


@dataclass(frozen=True, slots=True)
class Page:
    """`rows` in order, and the cursors of other pages; None if there is no such page."""

    rows: list[Any]
    previous: Cursor | None
    next: Cursor | None
    last: Cursor | None


def ordered(queryset: QuerySet[Any, Any], order: Order) -> QuerySet[Any, Any]:
    if order is Order.NEWEST:
        return queryset.order_by("-occurred_at", "-seq")
    return queryset.order_by("occurred_at", "seq")


def beyond(position: Position, order: Order) -> Q:
    """The events after `position`. The first condition is redundant: it lets the index seek."""
    if order is Order.NEWEST:
        return Q(occurred_at__lte=position.occurred_at) & (
            Q(occurred_at__lt=position.occurred_at) | Q(seq__lt=position.seq)
        )
    return Q(occurred_at__gte=position.occurred_at) & (
        Q(occurred_at__gt=position.occurred_at) | Q(seq__gt=position.seq)
    )


def part(
    queryset: QuerySet[Any, Any], order: Order, start: Position | None, count: int
) -> QuerySet[Any, Any]:
    """The first `count` events in order, from just after `start` or from the beginning."""
    if start is not None:
        queryset = queryset.filter(beyond(start, order))
    return ordered(queryset, order)[:count]


def page(fetch: Fetch, order: Order, cursor: Cursor | None = None, size: int = PAGE_SIZE) -> Page:
    """One page of the rows that `fetch` returns."""
    if cursor is None or cursor.is_forward:
        return _page_forward(fetch, order, cursor, size)
    rows = fetch(order.reverse, cursor.position, size + 1)
    if len(rows) <= size:  # the first page: show it in full, as it may have grown
        return _page_forward(fetch, order, None, size)
    return _linked(rows[:size][::-1], has_previous=True, has_next=cursor.position is not None)


def _page_forward(fetch: Fetch, order: Order, cursor: Cursor | None, size: int) -> Page:
    rows = fetch(order, cursor.position if cursor else None, size + 1)
    if cursor and not rows:  # a bookmark beyond the end: show the last page
        return page(fetch, order, Cursor(is_forward=False), size)
    return _linked(rows[:size], has_previous=cursor is not None, has_next=len(rows) > size)


def _linked(rows: list[Any], *, has_previous: bool, has_next: bool) -> Page:
    def cursor(row: Any, *, is_forward: bool) -> Cursor:
        return Cursor(is_forward, Position(row.occurred_at, row.seq))

    return Page(
        rows,
        previous=cursor(rows[0], is_forward=False) if has_previous and rows else None,
        next=cursor(rows[-1], is_forward=True) if has_next and rows else None,
        last=Cursor(is_forward=False) if has_next else None,
    )


def batches(
    queryset: QuerySet[Any, Any], order: Order, fields: list[str], size: int
) -> Iterator[list[Any]]:
    """All of `queryset` as named tuples of `fields`, in batches of at most `size`.

    `fields` must name `occurred_at` and `seq`.
    """
    start: Position | None = None
    values = queryset.values_list(*fields, named=True)
    while rows := _in_order(part(values, order, start, size)):
        yield rows
        if len(rows) < size:
            return
        start = Position(rows[-1].occurred_at, rows[-1].seq)


def _in_order(queryset: QuerySet[Any, Any]) -> list[Any]:
    with planner_settings(queryset.db, IN_ORDER):
        return list(queryset)
