"""The OpenAPI document: schemas of bodies and answers, parameters, media types and headers.

The schemas only describe; the parsers of the importers and the filters of the log validate. Limits
come from the modules that enforce them.
"""

from datetime import datetime
from typing import Any

from ninja import Schema
from pydantic import ConfigDict, Field

from activity.api import bodies, problems
from activity.api.read_events import DEFAULT_LIMIT, MAX_LIMIT
from activity.api.write_events import CLOUDEVENT, CLOUDEVENTS, JSON, MAX_EVENTS, NDJSON
from activity.drafts import MAX_DATA_BYTES, MAX_LENGTHS
from activity.formats import FORMATS
from activity.reading.filter_fields import LogFilter
from activity.reading.filters import declared_filters

REF_TEMPLATE = "#/components/schemas/{model}"
MAX_BODY_MIB = bodies.MAX_BYTES // 1024 // 1024
MAX_DATA_KIB = MAX_DATA_BYTES // 1024
FIRST_ERROR_STATUS = 400
LIST_HEADERS = {
    "Link": "The URL of the next page, as rel=next.",
    "Passaudit-Cursor": "The cursor, for readers of NDJSON.",
    "Passaudit-Has-More": "true or false, for readers of NDJSON.",
}
PROBLEM_HEADERS = {
    401: ("WWW-Authenticate", "Bearer"),
    429: ("Retry-After", "Seconds to wait."),
    503: ("Retry-After", "Seconds to wait."),
}
EXAMPLE = {
    "id": "e-1",
    "occurred_at": "2026-11-22T10:23:13.123456Z",
    "event": "item.read",
    "user": {"email": "dana@acme.example", "name": "Dana Weiss"},
    "ip": "203.0.113.7",
}


class UserSchema(Schema):
    email: str = Field(
        max_length=MAX_LENGTHS["email"],
        description="Or the source's id of the user, if the source has no e-mail address.",
    )
    name: str | None = Field(
        None, max_length=MAX_LENGTHS["name"], description="At the time of the event."
    )


class EventIn(Schema):
    """An event as clients send it."""

    model_config = ConfigDict(extra="forbid")

    id: str | None = Field(
        None,
        max_length=MAX_LENGTHS["source_id"],
        description="The source's own id. `id` and `occurred_at` identify the event on a retry.",
    )
    occurred_at: datetime = Field(description="With an offset from UTC; not in the future.")
    event: str = Field(
        max_length=MAX_LENGTHS["event_type"],
        description="A code such as `item.read`. Unknown codes are stored as they are.",
    )
    user: UserSchema | None = Field(None, description="Null for an event of the system itself.")
    ip: str | None = Field(None, description="IPv4 or IPv6.")
    vault_id: str | None = Field(None, max_length=MAX_LENGTHS["vault_id"])
    item_id: str | None = Field(None, max_length=MAX_LENGTHS["item_id"])
    client: str | None = Field(None, max_length=MAX_LENGTHS["client"])
    data: dict[str, Any] | None = Field(
        None, description=f"Further details, up to {MAX_DATA_KIB} KiB."
    )
    seq: int | None = Field(None, description="Ignored: this log assigns its own.")
    received_at: datetime | None = Field(None, description="Ignored: this log sets its own.")


class CloudEvent(Schema):
    """A CloudEvent 1.0. `type` is the event code; `source` and `id` together are the id."""

    model_config = ConfigDict(extra="allow")

    specversion: str = Field(pattern="^1\\.0$")
    id: str
    source: str
    type: str
    time: datetime
    data: dict[str, Any] | None = Field(
        None,
        description="The other members of an event: user, ip, vault_id, item_id, client, data.",
    )


class BadEvent(Schema):
    index: int = Field(description="The position in the body, from 0.")
    id: str | None
    code: str = Field(description="invalid_json, invalid_event or conflict")
    message: str


class Receipt(Schema):
    """The result of a batch, after the commit."""

    accepted: int = Field(description="Stored now.")
    duplicates: int = Field(description="Stored before, with the same content.")
    conflicts: int = Field(description="Not stored: the id belongs to another event.")
    rejected: int = Field(description="Not stored: not a valid event.")
    errors: list[BadEvent] = Field(description="The conflicts and the rejected, by index.")
    last_seq: int = Field(description="The `seq` of the last event of the log.")


class EventsPage(Schema):
    items: list[dict[str, Any]] = Field(description="Events in the requested format.")
    cursor: str | None = Field(
        description="Continues after these events. Null at the end of the history."
    )
    has_more: bool = Field(description="Whether more events are available now.")


class Problem(Schema):
    """A refusal (RFC 9457). `code` is for programs, `detail` for people."""

    model_config = ConfigDict(extra="allow")

    type: str
    title: str
    status: int
    detail: str
    code: str


def complete(document: dict[str, Any]) -> None:
    """Add to django-ninja's document what it cannot derive from the endpoints.

    Runs for each document, so that it includes what plugins have registered.
    """
    schemas = document["components"]["schemas"]
    for model in (EventIn, CloudEvent):
        schema = model.model_json_schema(ref_template=REF_TEMPLATE)
        schemas.update(schema.pop("$defs", {}))
        schemas[model.__name__] = schema
    for operations in document["paths"].values():
        for method, operation in operations.items():
            operation["responses"] = dict(sorted(operation["responses"].items()))
            _complete_answers(operation["responses"], is_list=method == "get")
            if method == "get":
                operation["parameters"] = [*_filter_parameters(), *_own_parameters()]
            else:
                operation["requestBody"] = _request_body()


def _filter_parameters() -> list[dict[str, Any]]:
    """The log's filters, from their declarations."""
    return [
        _parameter(name, f"Filter: {declared.describe()}.", _schema(declared))
        for name, declared in declared_filters().items()
        if not declared.is_for_page
    ]


def _schema(declared: LogFilter) -> dict[str, Any]:
    return {"type": "string"} | ({"enum": list(declared.choices)} if declared.choices else {})


def _own_parameters() -> list[dict[str, Any]]:
    limit = {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT}
    formats = {"type": "string", "enum": list(FORMATS.codes()), "default": "native"}
    text = {"type": "string"}
    return [
        _parameter("cursor", "From the previous answer. Empty: the start of the feed.", text),
        _parameter("limit", "The maximum number of events.", limit),
        _parameter("format", "The format of the events.", formats),
        _parameter("organization", "Optional: the slug of the key's organization.", text),
    ]


def _parameter(name: str, description: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"in": "query", "name": name, "description": description, "schema": schema}


def _request_body() -> dict[str, Any]:
    event, cloudevent = (
        {"$ref": REF_TEMPLATE.format(model=model.__name__)} for model in (EventIn, CloudEvent)
    )
    return {
        "required": True,
        "description": (
            f"At most {MAX_EVENTS} events and {MAX_BODY_MIB} MiB, decompressed. "
            "Content-Encoding: gzip is supported."
        ),
        "content": {
            JSON: {
                "schema": {"anyOf": [event, {"type": "array", "items": event}]},
                "example": [EXAMPLE],
            },
            NDJSON: {"schema": {"type": "string"}},
            CLOUDEVENT: {"schema": cloudevent},
            CLOUDEVENTS: {"schema": {"type": "array", "items": cloudevent}},
        },
    }


def _complete_answers(answers: dict[int, Any], *, is_list: bool) -> None:
    for status, answer in answers.items():
        if status >= FIRST_ERROR_STATUS:
            answer["content"] = {problems.MEDIA_TYPE: answer["content"][JSON]}
        elif is_list:
            answer["content"][NDJSON] = {"schema": {"type": "string"}}
            answer["headers"] = {name: _header(text) for name, text in LIST_HEADERS.items()}
        if status in PROBLEM_HEADERS:
            name, text = PROBLEM_HEADERS[status]
            answer["headers"] = {name: _header(text)}


def _header(description: str) -> dict[str, Any]:
    return {"description": description, "schema": {"type": "string"}}
