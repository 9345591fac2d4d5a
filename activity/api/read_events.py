"""What a reader asks, taken from the parameters of the address.

There are two ways to read. History goes through the log by time; feed follows it as it grows.
Whoever sends a cursor goes on in the mode that the cursor comes from, and an empty one begins the
feed.
"""

from dataclasses import dataclass
from http import HTTPStatus

from django.http import QueryDict
from django.utils.translation import gettext as _

from activity.api.cursors import FeedCursor, HistoryCursor, WrongCursor, decode
from activity.api.problems import Problem
from activity.formats import EventFormat
from activity.reading.query import LogQuery
from organizations.models import Organization

OWN_PARAMETERS = frozenset({"cursor", "limit", "format"})
NOT_OURS = "p"
DEFAULT_LIMIT, MAX_LIMIT = 100, 1000

Fault = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Question:
    """`cursor` is None on the first page of the history."""

    query: LogQuery
    cursor: FeedCursor | HistoryCursor | None
    limit: int
    event_format: EventFormat


def ask(organization: Organization, parameters: QueryDict) -> Question:
    """The question to `organization`'s log. Raises `Problem` 400 or 403, and `PlanRequired`."""
    named = parameters.get("organization", "").strip()
    if named and named != organization.slug:
        detail = _("This key belongs to another organization, or there is no such one.")
        raise Problem(HTTPStatus.FORBIDDEN, "wrong_organization", detail)
    query = LogQuery.for_machine(organization, parameters, extra_parameters=OWN_PARAMETERS)
    reader = _Reader(query, parameters)
    question = Question(query, reader.cursor(), reader.limit(), reader.event_format())
    faults = reader.faults + [fault for fault in query.errors if fault[0] != NOT_OURS]
    if faults:
        members = {"errors": [{"parameter": name, "message": text} for name, text in faults]}
        detail = " ".join(f"{name}: {text}" if name else text for name, text in faults)
        raise Problem(HTTPStatus.BAD_REQUEST, "bad_parameter", detail, members=members)
    return question


class _Reader:
    """Reads our own parameters and collects what is wrong with them."""

    def __init__(self, query: LogQuery, parameters: QueryDict) -> None:
        self.query = query
        self.parameters = parameters
        self.faults: list[Fault] = []
        if parameters.get(NOT_OURS, "").strip():
            self._fault(NOT_OURS, _("This is for the page. Use “cursor”."))

    def cursor(self) -> FeedCursor | HistoryCursor | None:
        text = self.parameters.get("cursor")
        if text is None:
            return None
        try:
            cursor = decode(text.strip(), self.query.organization.pk)
        except WrongCursor:
            self._fault("cursor", _("This is no cursor of this log. Begin without one."))
            return None
        if isinstance(cursor, FeedCursor):
            self._check_feed(cursor)
        elif cursor.order is not self.query.order:
            message = _("This cursor comes from a history with order=%(order)s. Repeat that.")
            self._fault("cursor", message % {"order": cursor.order})
        return cursor

    def _check_feed(self, cursor: FeedCursor) -> None:
        if self.parameters.get("order", "").strip():
            message = _("The feed has an order of its own. Leave “order” out, or the cursor.")
            self._fault("order", message)
        if cursor.seq > self.query.head.size:
            message = _(
                "This cursor is ahead of the log, which may have been restored from a backup. "
                "Begin again with an empty one."
            )
            self._fault("cursor", message)

    def limit(self) -> int:
        text = self.parameters.get("limit", "").strip() or str(DEFAULT_LIMIT)
        if text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= MAX_LIMIT:
            return int(text)
        self._fault("limit", _("Ask for 1 to %(limit)d events.") % {"limit": MAX_LIMIT})
        return DEFAULT_LIMIT

    def event_format(self) -> EventFormat:
        text = self.parameters.get("format", "").strip() or EventFormat.NATIVE
        if text in list(EventFormat):
            return EventFormat(text)
        self._fault("format", _("Choose one of: %(names)s.") % {"names": ", ".join(EventFormat)})
        return EventFormat.NATIVE

    def _fault(self, name: str, message: str) -> None:
        self.faults.append((name, message))
