"""The order of events, and the cursor that stands between two of them.

The order is `(occurred_at, seq)`, both in one direction. A page costs the same at any depth: its
condition is a range of the index, never an OFFSET.
"""

import base64
import binascii
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from django.db.models import Q, QuerySet

PAGE_SIZE = 50
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


class Order(StrEnum):
    NEWEST = "newest"
    OLDEST = "oldest"

    @property
    def reverse(self) -> "Order":
        return Order.OLDEST if self is Order.NEWEST else Order.NEWEST


class InvalidCursor(ValueError):  # noqa: N818 - reads as what it is
    """The text is no cursor."""


@dataclass(frozen=True, slots=True)
class Position:
    occurred_at: datetime
    seq: int


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place in an order: just after or before `position`, or, without one, at the end."""

    is_forward: bool
    position: Position | None = None

    def encode(self) -> str:
        """Opaque text for a URL."""
        if self.position is None:
            return "end"
        micros = (self.position.occurred_at - EPOCH) // MICROSECOND
        packed = struct.pack(">?qq", self.is_forward, micros, self.position.seq)
        return base64.urlsafe_b64encode(packed).decode().rstrip("=")

    @classmethod
    def decode(cls, text: str) -> "Cursor":
        """The cursor that `encode` wrote. Raises `InvalidCursor`."""
        if text == "end":
            return cls(is_forward=False)
        try:
            packed = base64.b64decode(text + "=" * (-len(text) % 4), b"-_", validate=True)
            is_forward, micros, seq = struct.unpack(">?qq", packed)
            return cls(is_forward, Position(EPOCH + micros * MICROSECOND, seq))
        except (binascii.Error, struct.error, OverflowError, ValueError) as error:
            raise InvalidCursor(text) from error


# Fetches at most so many rows in this order, from just after the position or from the beginning.
Take = Callable[[Order, Position | None, int], list[Any]]


@dataclass(frozen=True, slots=True)
class Page:
    """`rows` in order, and the cursors that lead on. None means that there is nothing there."""

    rows: list[Any]
    previous: Cursor | None
    next: Cursor | None
    last: Cursor | None


def ordered(queryset: QuerySet, order: Order) -> QuerySet:
    if order is Order.NEWEST:
        return queryset.order_by("-occurred_at", "-seq")
    return queryset.order_by("occurred_at", "seq")


def beyond(position: Position, order: Order) -> Q:
    """What comes after `position`. The first condition is redundant, and lets the index seek."""
    if order is Order.NEWEST:
        return Q(occurred_at__lte=position.occurred_at) & (
            Q(occurred_at__lt=position.occurred_at) | Q(seq__lt=position.seq)
        )
    return Q(occurred_at__gte=position.occurred_at) & (
        Q(occurred_at__gt=position.occurred_at) | Q(seq__gt=position.seq)
    )


def part(queryset: QuerySet, order: Order, start: Position | None, count: int) -> QuerySet:
    """At most `count` of `queryset` in order, from just after `start` or from the beginning."""
    if start is not None:
        queryset = queryset.filter(beyond(start, order))
    return ordered(queryset, order)[:count]


def page(take: Take, order: Order, cursor: Cursor | None = None, size: int = PAGE_SIZE) -> Page:
    """One page of what `take` fetches."""
    if cursor is None or cursor.is_forward:
        return _page_forward(take, order, cursor, size)
    rows = take(order.reverse, cursor.position, size + 1)
    if len(rows) <= size:  # this is the first page: show all of it, in case it has grown
        return _page_forward(take, order, None, size)
    return _linked(rows[:size][::-1], has_previous=True, has_next=cursor.position is not None)


def _page_forward(take: Take, order: Order, cursor: Cursor | None, size: int) -> Page:
    rows = take(order, cursor.position if cursor else None, size + 1)
    if cursor and not rows:  # a bookmark beyond the end: show the end
        return page(take, order, Cursor(is_forward=False), size)
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


def batches(queryset: QuerySet, order: Order, fields: list[str], size: int) -> Iterator[list[Any]]:
    """All of `queryset` as named tuples of `fields`, at most `size` at a time.

    `fields` must name `occurred_at` and `seq`.
    """
    start: Position | None = None
    values = queryset.values_list(*fields, named=True)
    while rows := list(part(values, order, start, size)):
        yield rows
        if len(rows) < size:
            return
        start = Position(rows[-1].occurred_at, rows[-1].seq)
