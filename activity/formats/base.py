"""What all formats share: the columns of an event, and how a format is declared."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Any, NamedTuple, Self
from uuid import UUID

from django.utils.functional import Promise

from activity.models import Event
from activity.registry import Registry
from organizations.models import Organization


class EventRow(NamedTuple):
    """The columns of an event that a format needs, by their paths in the ORM."""

    id: UUID
    source_id: str
    occurred_at: datetime
    event_type: str
    actor__email: str
    actor__name: str
    ip: str | None
    vault_id: str
    item_id: str
    client: str
    data: Any
    seq: int
    received_at: datetime
    source: str

    @classmethod
    def of(cls, event: Event) -> Self:
        """The row of an event that was fetched with its actor."""
        return cls(*read_columns(event))


FIELDS = EventRow._fields
read_columns = attrgetter(*(path.replace("__", ".") for path in FIELDS))

to_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


@dataclass(frozen=True, slots=True)
class EventFormat:
    """A form in which the API and destinations send events.

    `write` is a pure function from a row and its organization to what `to_json` serializes. The row
    is an `EventRow`, or a named tuple of `queryset.values_list(*FIELDS, named=True)`. `code` is
    stored with destinations and never changes.
    """

    code: str
    label: str | Promise
    write: Callable[[Any, Organization], dict[str, Any]]


FORMATS: Registry[EventFormat] = Registry("format")
