"""The log of Acme Safe: one JSON object a line.

{"when": "2026-11-22T10:23:13Z", "card": "dana@acme.example", "did": "opened", "safe": "S-7"}
"""

from collections.abc import Mapping
from typing import Any

from activity.plugin import IMPORTERS, EventDraft, Importer, JsonFormat, Options, RowError, text

CODES = {"opened": "acme_safe.opened", "badge": "signin.succeeded"}


def draft(row: Mapping[str, Any], options: Options) -> EventDraft:
    did = text(row, "did")
    if not did:
        raise RowError("did: is missing")
    return EventDraft(
        occurred_at=options.times.read(text(row, "when")),
        event_type=CODES.get(did, f"acme_safe.{did}"),
        email=text(row, "card"),
        vault_id=text(row, "safe"),
        data=row,
        source="acme-safe",
    )


IMPORTERS.register(
    Importer(
        code="acme-safe",
        label="Acme Safe JSON lines",
        shapes=[JsonFormat(draft, known_by=[frozenset({"when", "card", "did"})])],
    )
)
