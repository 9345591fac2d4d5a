"""Where a reader stands, as opaque text. A cursor belongs to one organization and one mode."""

import base64
import struct
from dataclasses import dataclass
from datetime import datetime

from activity.reading.ordering import EPOCH, MICROSECOND, Order, Position

FEED, HISTORY = b"f", b"h"
FEED_LAYOUT = struct.Struct(">cqq")
HISTORY_LAYOUT = struct.Struct(">c?qqq")


class WrongCursor(ValueError):  # noqa: N818 - reads as what it is
    """The text is no cursor of this organization's log."""


@dataclass(frozen=True, slots=True)
class FeedCursor:
    """Everything up to `seq` has been read."""

    seq: int


@dataclass(frozen=True, slots=True)
class HistoryCursor:
    """Everything up to `position` in this order has been read."""

    order: Order
    position: Position


def encode(cursor: FeedCursor | HistoryCursor, organization_id: int) -> str:
    if isinstance(cursor, FeedCursor):
        packed = FEED_LAYOUT.pack(FEED, organization_id, cursor.seq)
    else:
        is_newest = cursor.order is Order.NEWEST
        micros = _micros(cursor.position.occurred_at)
        packed = HISTORY_LAYOUT.pack(
            HISTORY, is_newest, organization_id, micros, cursor.position.seq
        )
    return base64.urlsafe_b64encode(packed).decode().rstrip("=")


def decode(text: str, organization_id: int) -> FeedCursor | HistoryCursor:
    """What `encode` wrote; the beginning of the feed for an empty text. Raises `WrongCursor`."""
    if not text:
        return FeedCursor(0)
    try:
        packed = base64.b64decode(text + "=" * (-len(text) % 4), b"-_", validate=True)
        if packed[:1] == FEED:
            _, owner, seq = FEED_LAYOUT.unpack(packed)
            cursor: FeedCursor | HistoryCursor = FeedCursor(seq)
        elif packed[:1] == HISTORY:
            _, is_newest, owner, micros, seq = HISTORY_LAYOUT.unpack(packed)
            order = Order.NEWEST if is_newest else Order.OLDEST
            cursor = HistoryCursor(order, Position(EPOCH + micros * MICROSECOND, seq))
        else:
            raise WrongCursor(text)
    except (struct.error, OverflowError, ValueError) as error:
        raise WrongCursor(text) from error
    if owner != organization_id:
        raise WrongCursor(text)
    return cursor


def _micros(instant: datetime) -> int:
    return (instant - EPOCH) // MICROSECOND
