"""passaudit's own JSON lines, written by `export_events --format jsonl`."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from activity.drafts import EventDraft, fitted_draft
from activity.importers.base import IMPORTERS, Importer
from activity.importers.files.json_rows import JsonFormat
from activity.importers.files.rows import RowError, mapping, text
from activity.importers.options import Options

KEYS = {
    "id", "seq", "occurred_at", "received_at", "event", "user", "ip", "vault_id", "item_id",
    "client", "data",
}  # fmt: skip
USER_KEYS = {"email", "name"}


def native_draft(row: Mapping[str, Any], options: Options) -> EventDraft:
    """The draft of one JSON object. Raises `RowError` and `InvalidDraft`."""
    user = mapping(row, "user")
    if not (row.keys() <= KEYS and user.keys() <= USER_KEYS):
        unknown = sorted(row.keys() - KEYS)
        unknown += sorted(f"user.{key}" for key in user.keys() - USER_KEYS)
        raise RowError(_("has unknown keys: %(keys)s") % {"keys": ", ".join(unknown)})
    received_at = text(row, "received_at")
    return fitted_draft(
        occurred_at=options.times.read(text(row, "occurred_at")),
        received_at=options.times.read(received_at) if received_at else None,
        event_type=text(row, "event"),
        email=text(user, "email"),
        name=text(user, "name"),
        ip=text(row, "ip"),
        vault_id=text(row, "vault_id"),
        item_id=text(row, "item_id"),
        client=text(row, "client"),
        data=mapping(row, "data"),
        source="native",
        source_id=text(row, "id"),
    )


IMPORTERS.register(
    Importer(
        code="native",
        label="passaudit JSON lines",
        shapes=[
            JsonFormat(native_draft, known_by=[frozenset({"occurred_at", "event"})], seq="seq"),
        ],
    )
)
