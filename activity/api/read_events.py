"""GET /api/v1/events: parse the URL parameters, fetch the events and encode the next cursor.

There are two modes. History reads the log by time. Feed reads it in the order of recording. A
cursor holds its mode; an empty cursor starts the feed.
"""

import base64
import struct
from dataclasses import dataclass
from http import HTTPStatus
from typing import Self

from django.http import QueryDict
from django.utils.translation import gettext as _

from activity.api.problems import Problem
from activity.formats import FORMATS, EventFormat, EventRow
from activity.numbers import whole_number
from activity.reading import feed
from activity.reading.ordering import EPOCH, MICROSECOND, Order, Position
from activity.reading.planner import paths
from activity.reading.query import LogQuery
from organizations.models import Organization

OWN_PARAMETERS = frozenset({"cursor", "limit", "format"})
PAGE_CURSOR = "p"  # the cursor of the log's page in the admin
DEFAULT_LIMIT, MAX_LIMIT = 100, 1000

FEED, HISTORY = b"f", b"h"
FEED_LAYOUT = struct.Struct(">cqq")  # mode, organization, seq
HISTORY_LAYOUT = struct.Struct(">c?qqq")  # mode, is newest first, organization, microseconds, seq


class WrongCursor(ValueError):  # noqa: N818 - reads as what it is: `except WrongCursor`
    """The text is not a cursor of this organization's log."""


@dataclass(frozen=True, slots=True)
class FeedCursor:
    """The reader has read everything up to and including `seq`."""

    seq: int

    def encode(self, organization_id: int) -> str:
        return _to_text(FEED_LAYOUT.pack(FEED, organization_id, self.seq))


@dataclass(frozen=True, slots=True)
class HistoryCursor:
    """The reader has read everything up to and including `position`, in `order`."""

    order: Order
    position: Position

    def encode(self, organization_id: int) -> str:
        is_newest = self.order is Order.NEWEST
        microseconds = (self.position.occurred_at - EPOCH) // MICROSECOND
        return _to_text(
            HISTORY_LAYOUT.pack(
                HISTORY, is_newest, organization_id, microseconds, self.position.seq
            )
        )


Cursor = FeedCursor | HistoryCursor


def decode_cursor(text: str, organization_id: int) -> Cursor:
    """Decode the text of `encode`; an empty text is the start of the feed. Raises `WrongCursor`."""
    if not text:
        return FeedCursor(0)
    cursor: Cursor
    try:
        packed = base64.b64decode(text + "=" * (-len(text) % 4), b"-_", validate=True)
        if packed[:1] == FEED:
            _mode, owner, seq = FEED_LAYOUT.unpack(packed)
            cursor = FeedCursor(seq)
        elif packed[:1] == HISTORY:
            _mode, is_newest, owner, microseconds, seq = HISTORY_LAYOUT.unpack(packed)
            order = Order.NEWEST if is_newest else Order.OLDEST
            cursor = HistoryCursor(order, Position(EPOCH + microseconds * MICROSECOND, seq))
        else:
            raise WrongCursor(text)
    except (struct.error, OverflowError, ValueError) as error:
        raise WrongCursor(text) from error
    if owner != organization_id:
        raise WrongCursor(text)
    return cursor


def _to_text(packed: bytes) -> str:
    return base64.urlsafe_b64encode(packed).decode().rstrip("=")


@dataclass(frozen=True, slots=True)
class EventSlice:
    """The events of one answer, and the cursor for the next request.

    `cursor` is None at the end of the history; a feed always has one.
    """

    rows: list[EventRow]
    cursor: Cursor | None
    has_more: bool


@dataclass(frozen=True, slots=True)
class ReadRequest:
    """The parsed parameters of one request. `cursor` is None on the first page of the history."""

    query: LogQuery
    cursor: Cursor | None
    limit: int
    event_format: EventFormat

    @classmethod
    def parse(cls, organization: Organization, parameters: QueryDict) -> Self:
        """Parse the parameters of a key of `organization`.

        Raises `Problem` 400 or 403, and `PlanRequired`.
        """
        named = parameters.get("organization", "").strip()
        if named and named != organization.slug:
            detail = _("This key belongs to another organization, or “organization” is unknown.")
            raise Problem(HTTPStatus.FORBIDDEN, "wrong_organization", detail)
        query = LogQuery.for_machine(organization, parameters, extra_parameters=OWN_PARAMETERS)
        parser = _ParameterParser(query, parameters)
        request = cls(query, parser.cursor(), parser.limit(), parser.event_format())
        errors = parser.errors + [error for error in query.errors if error[0] != PAGE_CURSOR]
        if errors:
            members = {"errors": [{"parameter": name, "message": text} for name, text in errors]}
            detail = " ".join(f"{name}: {text}" if name else text for name, text in errors)
            raise Problem(HTTPStatus.BAD_REQUEST, "bad_parameter", detail, members=members)
        return request

    def fetch(self) -> EventSlice:
        """Fetch the events after the cursor. Raises `timeouts.QueryTimeout`."""
        if isinstance(self.cursor, FeedCursor):
            found = feed.read(self.query, self.cursor.seq, self.limit)
            return EventSlice(found.rows, FeedCursor(found.end), found.has_more)
        return self._history(self.cursor.position if self.cursor else None)

    def _history(self, start: Position | None) -> EventSlice:
        order = self.query.order
        fetch = paths.fetcher_for(self.query.filterset)
        events = fetch(order, start, self.limit + 1)
        has_more = len(events) > self.limit
        rows = [EventRow.of(event) for event in events[: self.limit]]
        if not has_more:
            return EventSlice(rows, None, has_more=False)
        position = Position(rows[-1].occurred_at, rows[-1].seq)
        return EventSlice(rows, HistoryCursor(order, position), has_more=True)


class _ParameterParser:
    """Parses the API's own parameters; collects (parameter, message) pairs in `errors`."""

    def __init__(self, query: LogQuery, parameters: QueryDict) -> None:
        self.query = query
        self.parameters = parameters
        self.errors: list[tuple[str, str]] = []
        if parameters.get(PAGE_CURSOR, "").strip():
            self._add_error(PAGE_CURSOR, _("This parameter is for the page. Use “cursor”."))

    def cursor(self) -> Cursor | None:
        text = self.parameters.get("cursor")
        if text is None:
            return None
        try:
            cursor = decode_cursor(text.strip(), self.query.organization.pk)
        except WrongCursor:
            message = _("This is not a cursor of this log. Start again without one.")
            self._add_error("cursor", message)
            return None
        if isinstance(cursor, FeedCursor):
            self._check_feed(cursor)
        elif cursor.order is not self.query.order:
            message = _("This cursor is from a history with order=%(order)s. Send the same order.")
            self._add_error("cursor", message % {"order": cursor.order})
        return cursor

    def _check_feed(self, cursor: FeedCursor) -> None:
        if self.parameters.get("order", "").strip():
            message = _("The feed is always in the order of recording. Omit “order” or “cursor”.")
            self._add_error("order", message)
        if cursor.seq > self.query.head.size:
            message = _(
                "This cursor is ahead of the log, which may have been restored from a backup. "
                "Start again with an empty cursor."
            )
            self._add_error("cursor", message)

    def limit(self) -> int:
        text = self.parameters.get("limit", "").strip() or str(DEFAULT_LIMIT)
        try:
            return whole_number(text, 1, MAX_LIMIT)
        except ValueError:
            self._add_error("limit", _("Ask for 1 to %(limit)d events.") % {"limit": MAX_LIMIT})
            return DEFAULT_LIMIT

    def event_format(self) -> EventFormat:
        text = self.parameters.get("format", "").strip() or "native"
        if event_format := FORMATS.get(text):
            return event_format
        message = _("Choose one of: %(names)s.") % {"names": ", ".join(FORMATS.codes())}
        self._add_error("format", message)
        return FORMATS["native"]

    def _add_error(self, name: str, message: str) -> None:
        self.errors.append((name, message))
