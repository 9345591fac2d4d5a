"""POST /api/v1/events: parse a request body into drafts, record them and report the result.

`read_batch` chooses a parser by media type, `native_draft` and `cloudevent_draft` parse one event,
`record_batch` stores the batch. A bad event does not affect the others.
"""

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from urllib.parse import unquote

from django.http import HttpRequest
from django.utils.translation import gettext as _

from activity.api.bodies import read_body
from activity.api.problems import Problem
from activity.drafts import MAX_LENGTHS, EventDraft, InvalidDraft
from activity.importers.files.json_rows import loads
from activity.importers.files.lines import decoded
from activity.importers.files.rows import RowError, mapping, text
from activity.importers.files.times import NoZoneError
from activity.importers.options import Options
from activity.importers.vendors.native import native_draft as imported_draft
from activity.recording import record
from organizations.models import Organization

MAX_EVENTS = 1000
NDJSON = "application/x-ndjson"
JSON = "application/json"
CLOUDEVENT = "application/cloudevents+json"
CLOUDEVENTS = "application/cloudevents-batch+json"
MEDIA_TYPES = (NDJSON, JSON, CLOUDEVENT, CLOUDEVENTS)

READ_ONLY = frozenset({"seq", "received_at"})  # set by the log
# CloudEvents 1.0, https://github.com/cloudevents/spec
REQUIRED_ATTRIBUTES = ("specversion", "id", "source", "type", "time")
SET_BY_ENVELOPE = frozenset({"id", "occurred_at", "event"})
NOT_KEPT = frozenset({"specversion", "type", "time", "data", "datacontenttype"})
KEPT_AS = "cloudevent"
HEADER_PREFIX = "ce-"

Parser = Callable[[Mapping[str, Any]], EventDraft]


@dataclass(frozen=True, slots=True)
class EventError:
    """An event that is not stored. `index` is its position in the body, from 0."""

    index: int
    id: str | None
    code: str
    message: str


@dataclass(slots=True)
class Batch:
    """The events of a body. `indexes` and `ids` are parallel to `drafts`."""

    drafts: list[EventDraft] = field(default_factory=list)
    indexes: list[int] = field(default_factory=list)
    ids: list[str | None] = field(default_factory=list)
    errors: list[EventError] = field(default_factory=list)


def read_batch(request: HttpRequest) -> Batch:
    """Parse the body by its media type. Raises `Problem`: 400, 413, 415 or 422."""
    media_type = _media_type(request)
    body = read_body(request)
    if media_type == NDJSON:
        return _batch(_lines(body), native_draft)
    value = _document(body)
    is_binary = media_type == JSON and HEADER_PREFIX + "specversion" in request.headers
    if media_type == JSON and not is_binary:
        return _batch(_elements(value), native_draft)
    if isinstance(value, list if media_type == CLOUDEVENTS else dict):
        envelopes = [_envelope(request.headers, value)] if is_binary else _elements(value)
        return _batch(envelopes, cloudevent_draft)
    raise _wrong_shape(_("Send one CloudEvent as an object, or a batch of them as an array."))


def record_batch(organization: Organization, batch: Batch) -> dict[str, Any]:
    """Record the drafts of `batch` and return the answer, after the commit.

    The plan is not checked: events are recorded on every plan, so that they can be read after an
    upgrade. Raises `Problem` 422, with the same members as the answer, if all events are bad.
    """
    receipt = record(organization, batch.drafts)
    message = _("this id and time belong to a stored event with other content")
    conflicts = [
        EventError(batch.indexes[position], batch.ids[position], "conflict", message)
        for position in receipt.conflicts
    ]
    errors = sorted([*batch.errors, *conflicts], key=lambda error: error.index)
    answer = {
        "accepted": receipt.accepted,
        "duplicates": receipt.duplicates,
        "conflicts": len(conflicts),
        "rejected": len(batch.errors),
        "errors": [dataclasses.asdict(error) for error in errors],
        "last_seq": receipt.last_seq,
    }
    if errors and not receipt.accepted and not receipt.duplicates:
        detail = _("Nothing was stored: all events of the body are bad. See “errors”.")
        raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "nothing_stored", detail, members=answer)
    return answer


def native_draft(event: Mapping[str, Any]) -> EventDraft:
    """Parse a native event with the parser of `import_events`.

    `READ_ONLY` members are ignored, so that events read from one log can be sent to another.
    Raises `RowError` and `InvalidDraft`.
    """
    if not event.get("occurred_at"):
        raise RowError(_("occurred_at: is missing"))
    values = {name: value for name, value in event.items() if name not in READ_ONLY}
    try:
        return imported_draft(values, Options())
    except NoZoneError:
        message = _("occurred_at: has no offset from UTC; add one, such as Z or +01:00")
        raise RowError(message) from None


def cloudevent_draft(envelope: Mapping[str, Any]) -> EventDraft:
    """Parse a CloudEvent. Raises `RowError` and `InvalidDraft`.

    `type` is the event code and `time` its time. `source` and `id` together are its source id, as
    the specification says. `data` holds the other members of a native event. Other attributes are
    kept in the event's data, under `cloudevent`.
    """
    attributes = {name: text(envelope, name) for name in REQUIRED_ATTRIBUTES}
    missing = [name for name, value in attributes.items() if not value]
    if missing:
        raise RowError(_("lacks %(names)s") % {"names": ", ".join(missing)})
    if attributes["specversion"] != "1.0":
        raise RowError(_("specversion: must be 1.0"))
    if "data_base64" in envelope:
        raise RowError(_("data_base64: is not supported; send data as JSON"))
    data = mapping(envelope, "data")
    if repeated := sorted(SET_BY_ENVELOPE & data.keys()):
        message = _("data: may not hold %(names)s, which the envelope sets")
        raise RowError(message % {"names": ", ".join(repeated)})
    draft = native_draft({**data, "event": attributes["type"], "occurred_at": attributes["time"]})
    if KEPT_AS in draft.data:
        raise RowError(_("data: the key %(key)s is reserved") % {"key": KEPT_AS})
    kept = {name: value for name, value in envelope.items() if name not in NOT_KEPT}
    return dataclasses.replace(
        draft,
        data={**draft.data, KEPT_AS: kept},
        source="cloudevents",
        source_id=f"{attributes['source']} {attributes['id']}",
    )


def _envelope(headers: Mapping[str, str], data: Any) -> dict[str, Any]:
    """Build the envelope of a CloudEvent in binary mode, whose attributes are headers."""
    attributes = {
        name.lower().removeprefix(HEADER_PREFIX): unquote(value)
        for name, value in headers.items()
        if name.lower().startswith(HEADER_PREFIX)
    }
    return {**attributes, "data": data}


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
    """Parse each line: its value, or the `RowError` that it caused."""
    lines = [line for line in body.split(b"\n") if line.strip()]
    _check_count(len(lines))
    return [_value(line) for line in lines]


def _value(content: bytes) -> Any:
    try:
        return loads(decoded(content))
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
        raise _wrong_shape(_("Send one event as a JSON object, or an array of events."))
    elements = value if isinstance(value, list) else [value]
    _check_count(len(elements))
    return elements


def _wrong_shape(detail: str) -> Problem:
    return Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "wrong_shape", detail)


def _check_count(count: int) -> None:
    if count > MAX_EVENTS:
        detail = _("The body holds %(count)d events. Send at most %(limit)d at a time.")
        detail %= {"count": count, "limit": MAX_EVENTS}
        raise Problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too_many_events", detail)


def _batch(values: Iterable[Any], parse: Parser) -> Batch:
    batch = Batch()
    for index, value in enumerate(values):
        event_id = _id(value)
        try:
            draft = parse(_object(value))
        except (RowError, InvalidDraft) as error:
            code = "invalid_json" if error is value else "invalid_event"
            batch.errors.append(EventError(index, event_id, code, str(error)))
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
    """Return the `id` member as the client sent it, for the report of errors."""
    found = value.get("id") if isinstance(value, dict) else None
    return found[: MAX_LENGTHS["source_id"]] if isinstance(found, str) else None
