"""What the OpenAPI document says beyond what django-ninja finds out by itself."""

from typing import Any

from activity.api import batches, problems
from activity.api.read_events import DEFAULT_LIMIT, MAX_LIMIT
from activity.api.schemas import CloudEvent, EventIn
from activity.formats import EventFormat

EVENT_REF = {"$ref": "#/components/schemas/EventIn"}
CLOUDEVENT_REF = {"$ref": "#/components/schemas/CloudEvent"}
BAD_STATUS = 400
LIST_HEADERS = {
    "Link": "The address to go on at, as rel=next.",
    "Passaudit-Cursor": "The cursor, for who reads NDJSON.",
    "Passaudit-Has-More": "true or false, for who reads NDJSON.",
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
POST_BODY = {
    "requestBody": {
        "required": True,
        "description": (
            f"At most {batches.MAX_EVENTS} events and 2 MiB, decompressed. "
            "Content-Encoding: gzip is welcome."
        ),
        "content": {
            batches.JSON: {
                "schema": {"anyOf": [EVENT_REF, {"type": "array", "items": EVENT_REF}]},
                "example": [EXAMPLE],
            },
            batches.NDJSON: {"schema": {"type": "string"}},
            batches.CLOUDEVENT: {"schema": CLOUDEVENT_REF},
            batches.CLOUDEVENTS: {"schema": {"type": "array", "items": CLOUDEVENT_REF}},
        },
    }
}


def _parameter(name: str, description: str, schema: dict[str, Any] | None = None) -> dict[str, Any]:
    schema = schema or {"type": "string"}
    return {"in": "query", "name": name, "description": description, "schema": schema}


GET_PARAMETERS = {
    "parameters": [
        _parameter("q", "An IP address or range, else a fragment of email address or name."),
        _parameter("user", "Exact email addresses, comma-separated."),
        _parameter("ip", "Addresses or CIDR ranges, comma-separated."),
        _parameter("event", "Codes or categories, comma-separated; a leading - excludes."),
        _parameter("since", "From this day or time on, in the organization's zone by default."),
        _parameter("until", "Before this time; a day counts whole."),
        _parameter("order", "Of the history.", {"type": "string", "enum": ["newest", "oldest"]}),
        _parameter("cursor", "Of the answer before. Empty: the feed, from its beginning."),
        _parameter(
            "limit",
            "How many events at most.",
            {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT},
        ),
        _parameter(
            "format",
            "The form of the events.",
            {"type": "string", "enum": list(EventFormat), "default": "native"},
        ),
        _parameter("organization", "The key's own organization, if you like to say so."),
    ]
}


def complete(document: dict[str, Any]) -> None:
    """Name the media types of answers, and the schemas that only bodies refer to."""
    schemas = document["components"]["schemas"]
    for model in (EventIn, CloudEvent):
        schema = model.model_json_schema(ref_template="#/components/schemas/{model}")
        schemas.update(schema.pop("$defs", {}))
        schemas[model.__name__] = schema
    for operations in document["paths"].values():
        for method, operation in operations.items():
            operation["responses"] = dict(sorted(operation["responses"].items()))
            _complete_answers(operation["responses"], is_list=method == "get")


def _complete_answers(answers: dict[int, Any], *, is_list: bool) -> None:
    for status, answer in answers.items():
        if status >= BAD_STATUS:
            answer["content"] = {problems.MEDIA_TYPE: answer["content"][batches.JSON]}
        elif is_list:
            answer["content"][batches.NDJSON] = {"schema": {"type": "string"}}
            answer["headers"] = {name: _header(text) for name, text in LIST_HEADERS.items()}
        if status in PROBLEM_HEADERS:
            name, text = PROBLEM_HEADERS[status]
            answer["headers"] = {name: _header(text)}


def _header(description: str) -> dict[str, Any]:
    return {"description": description, "schema": {"type": "string"}}
