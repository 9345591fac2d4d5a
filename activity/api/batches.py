"""The events in a request body, by its media type: each a draft, or named as bad."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from activity.api import bodies
from activity.api.cloudevents import HEADER_PREFIX, cloudevent_draft, envelope_of
from activity.api.native_events import native_draft
from activity.api.problems import Problem
from activity.drafts import EventDraft, InvalidDraft
from activity.importers.files.json_rows import loads
from activity.importers.files.lines import decoded
from activity.importers.files.rows import RowError

MAX_EVENTS = 1000
MAX_ID_LENGTH = 255

NDJSON = "application/x-ndjson"
JSON = "application/json"
CLOUDEVENT = "application/cloudevents+json"
CLOUDEVENTS = "application/cloudevents-batch+json"
MEDIA_TYPES = (NDJSON, JSON, CLOUDEVENT, CLOUDEVENTS)

Parser = Callable[[Mapping[str, Any]], EventDraft]


@dataclass(frozen=True, slots=True)
class Bad:
    """An event that is not stored. `index` counts the events of the body from 0."""

    index: int
    id: str | None
    code: str
    message: str


@dataclass(slots=True)
class Batch:
    """What the body holds. `indexes` and `ids` belong to `drafts`, one each."""

    drafts: list[EventDraft] = field(default_factory=list)
    indexes: list[int] = field(default_factory=list)
    ids: list[str | None] = field(default_factory=list)
    bad: list[Bad] = field(default_factory=list)


def read(request: HttpRequest) -> Batch:
    """The events of a request. Raises `Problem`: 400, 413, 415 or 422."""
    media_type = _media_type(request)
    body = bodies.read(request)
    if media_type == NDJSON:
        return _batch(_lines(body), native_draft)
    value = _document(body)
    is_binary = media_type == JSON and HEADER_PREFIX + "specversion" in request.headers
    if media_type == JSON and not is_binary:
        return _batch(_elements(value), native_draft)
    if isinstance(value, list if media_type == CLOUDEVENTS else dict):
        envelopes = [envelope_of(request.headers, value)] if is_binary else _elements(value)
        return _batch(envelopes, cloudevent_draft)
    raise _wrong_shape(_("One CloudEvent is an object, a batch of them an array."))


def _media_type(request: HttpRequest) -> str:
    media_type = (request.content_type or "").lower()
    charset = (request.content_params or {}).get("charset", "utf-8").lower()
    if media_type in MEDIA_TYPES and charset in ("utf-8", "us-ascii"):
        return media_type
    raise Problem(
        HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
        "unsupported_media_type",
        _("Send UTF-8 with one of these Content-Types: %(types)s.")
        % {"types": ", ".join(MEDIA_TYPES)},
        headers={"Accept": ", ".join(MEDIA_TYPES)},
    )


def _lines(body: bytes) -> list[Any]:
    """Each line's value, or why it has none."""
    lines = [line for line in body.split(b"\n") if line.strip()]
    _refuse_more_than_allowed(len(lines))
    return [_value(line) for line in lines]


def _value(line: bytes) -> Any:
    try:
        return loads(decoded(line))
    except RowError as error:
        return error


def _document(body: bytes) -> Any:
    value = _value(body)
    if isinstance(value, RowError):
        detail = _("The body: %(reason)s.") % {"reason": value}
        raise Problem(HTTPStatus.BAD_REQUEST, "bad_body", detail)
    return value


def _elements(value: Any) -> list[Any]:
    if not isinstance(value, list | dict):
        raise _wrong_shape(_("Send a JSON object for each event, or an array of them."))
    elements = value if isinstance(value, list) else [value]
    _refuse_more_than_allowed(len(elements))
    return elements


def _wrong_shape(detail: str) -> Problem:
    return Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "wrong_shape", detail)


def _refuse_more_than_allowed(count: int) -> None:
    if count > MAX_EVENTS:
        detail = _("The body holds %(count)d events. Send at most %(limit)d at a time.")
        detail %= {"count": count, "limit": MAX_EVENTS}
        raise Problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too_many_events", detail)


def _batch(values: Iterable[Any], parser: Parser) -> Batch:
    batch = Batch()
    for index, value in enumerate(values):
        event_id = _id(value)
        try:
            draft = parser(_object(value))
        except (RowError, InvalidDraft) as error:
            code = "invalid_json" if error is value else "invalid_event"
            batch.bad.append(Bad(index, event_id, code, str(error)))
        else:
            batch.drafts.append(draft)
            batch.indexes.append(index)
            batch.ids.append(event_id)
    return batch


def _object(value: Any) -> Mapping[str, Any]:
    if isinstance(value, RowError):
        raise value
    if not isinstance(value, dict):
        raise RowError(_("is not a JSON object"))
    return value


def _id(value: Any) -> str | None:
    """The event's own id as it came, so that the client recognizes it."""
    found = value.get("id") if isinstance(value, dict) else None
    return found[:MAX_ID_LENGTH] if isinstance(found, str) else None
