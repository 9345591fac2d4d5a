"""passaudit's own form of an event, without loss: `import_events --format native` reads it."""

import json
from typing import Any

from django.utils.translation import gettext_lazy as _

from activity.clock import iso_utc
from activity.formats.base import FORMATS, EventFormat

CODE = "native"


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
    return row.source_id if row.source_id and row.source == CODE else str(row.id)


def _sorted(data: Any) -> Any:
    """The same on every database, whatever order it keeps the keys in."""
    return json.loads(json.dumps(data, sort_keys=True)) if data else data


FORMATS.register(EventFormat(CODE, _("passaudit's own"), lambda row, _organization: native(row)))
