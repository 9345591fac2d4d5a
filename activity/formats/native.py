"""passaudit's own form of an event, without loss: `import_events --format native` reads it."""

import json
from datetime import datetime
from operator import attrgetter
from typing import Any, NamedTuple, Self
from uuid import UUID

from activity.clock import iso_utc
from activity.models import Event


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

NATIVE = "native"

to_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def native(row: Any) -> dict[str, Any]:
    """The event of a row with `FIELDS`. What it lacks is None."""
    return {
        "id": _id(row),
        "occurred_at": iso_utc(row.occurred_at),
        "event": row.event_type,
        "user": {"email": row.actor__email, "name": row.actor__name} if row.actor__email else None,
        "ip": row.ip,
        "vault_id": row.vault_id or None,
        "item_id": row.item_id or None,
        "client": row.client or None,
        "data": _sorted(row.data),
        "seq": row.seq,
        "received_at": iso_utc(row.received_at),
    }


def _id(row: Any) -> str:
    """The source's id where it would be taken for the same event again, else ours."""
    return row.source_id if row.source_id and row.source == NATIVE else str(row.id)


def _sorted(data: Any) -> Any:
    """The same on every database, whatever order it keeps the keys in."""
    return json.loads(json.dumps(data, sort_keys=True)) if data else data
