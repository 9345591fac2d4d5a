"""The shapes of bodies and answers, for the OpenAPI document. Nothing is validated by them: the
parsers and the grammar are those of the importers and of the page."""

from datetime import datetime
from typing import Any

from ninja import Schema
from pydantic import ConfigDict, Field


class UserSchema(Schema):
    email: str = Field(max_length=254, description="Some sources know only an id of their own.")
    name: str | None = Field(None, max_length=200, description="As of the event.")


class EventIn(Schema):
    """An event as clients send it."""

    model_config = ConfigDict(extra="forbid")

    id: str | None = Field(
        None,
        max_length=255,
        description="The source's own id. With `occurred_at` it makes sending again harmless.",
    )
    occurred_at: datetime = Field(description="With an offset from UTC; not in the future.")
    event: str = Field(max_length=100, description="A code such as `item.read`; any is kept.")
    user: UserSchema | None = Field(None, description="None for the system itself.")
    ip: str | None = Field(None, description="IPv4 or IPv6.")
    vault_id: str | None = Field(None, max_length=255)
    item_id: str | None = Field(None, max_length=255)
    client: str | None = Field(None, max_length=255)
    data: dict[str, Any] | None = Field(None, description="Anything more, up to 64 KiB.")
    seq: int | None = Field(None, description="Ignored: each log counts for itself.")
    received_at: datetime | None = Field(None, description="Ignored: this log has its own clock.")


class CloudEvent(Schema):
    """A CloudEvent 1.0. `type` is the code; `source` and `id` together are the event's id."""

    model_config = ConfigDict(extra="allow")

    specversion: str = Field(pattern="^1\\.0$")
    id: str
    source: str
    type: str
    time: datetime
    data: dict[str, Any] | None = Field(
        None, description="The rest of an event: user, ip, vault_id, item_id, client, data."
    )


class BadEvent(Schema):
    index: int = Field(description="Counts the events of the body from 0.")
    id: str | None
    code: str = Field(description="invalid_json, invalid_event or conflict")
    message: str


class Receipt(Schema):
    """What became of the events, once that is stored for good."""

    accepted: int = Field(description="Stored now.")
    duplicates: int = Field(description="Stored before.")
    conflicts: int = Field(description="Not stored: the id stands for another event.")
    rejected: int = Field(description="Not stored: no event that this log can keep.")
    errors: list[BadEvent] = Field(description="The conflicts and the rejected, by index.")
    last_seq: int = Field(description="The end of the log.")


class EventsPage(Schema):
    items: list[dict[str, Any]] = Field(description="In the format asked for.")
    cursor: str | None = Field(description="Goes on after these. Null at the end of the history.")
    has_more: bool = Field(description="Whether there is more to have at once.")


class Problem(Schema):
    """A refusal (RFC 9457). `code` is for programs, `detail` for people."""

    model_config = ConfigDict(extra="allow")

    type: str
    title: str
    status: int
    detail: str
    code: str
