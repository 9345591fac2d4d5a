"""The Elastic Common Schema. Category and type are taken from its list of allowed pairs.

https://www.elastic.co/guide/en/ecs/current/ecs-allowed-values-event-category.html
"""

from typing import Any

from django.utils.translation import gettext_lazy as _

from activity.clock import iso_utc
from activity.event_types import english_label
from activity.formats.base import FORMATS, EventFormat, to_json
from activity.formats.codes import split_code
from activity.formats.native import native
from organizations.models import Organization

VERSION = "8.17.0"

CATEGORIES = {
    "item": "file",
    "secure_link": "file",
    "vault": "iam",
    "share": "iam",
    "invite": "iam",
    "new_user_invite": "iam",
    "breach_email": "configuration",
    "signin": "authentication",
}
TYPES = {
    "created": "creation",
    "deleted": "deletion",
    "updated": "change",
    "flags_changed": "change",
    "trashed": "change",
    "untrashed": "change",
    "accepted": "change",
    "rejected": "change",
    "validated": "change",
    "read": "access",
    "used": "access",
    "copied": "access",
    "exported": "access",
    "succeeded": "start",
    "failed": "start",
}


def ecs(row: Any, organization: Organization) -> dict[str, Any]:
    """The event of a row with `native.FIELDS`."""
    kind, verb = split_code(row.event_type)
    return {
        "@timestamp": iso_utc(row.occurred_at),
        "ecs": {"version": VERSION},
        "message": english_label(row.event_type),
        "event": {
            "kind": "event",
            **({"category": [CATEGORIES[kind]]} if kind in CATEGORIES else {}),
            "type": [TYPES.get(verb, "info") if kind in CATEGORIES else "info"],
            "action": row.event_type,
            "outcome": "failure" if verb == "failed" else "success",
            "id": str(row.id),
            "sequence": row.seq,
            "provider": row.source,
            "dataset": "passaudit.activity",
            "module": "passaudit",
            "ingested": iso_utc(row.received_at),
            "original": to_json(native(row)),
        },
        "organization": {"id": organization.slug, "name": organization.name},
        **_user(row),
        **({"source": {"ip": row.ip}} if row.ip else {}),
        "related": {
            "ip": [row.ip] if row.ip else [],
            "user": [name for name in (row.actor__email, row.actor__name) if name],
        },
        **_extras(row),
    }


def _user(row: Any) -> dict[str, Any]:
    """Some sources know no address of a person, only an id."""
    if not row.actor__email:
        return {}
    user = {"id": row.actor__email, "name": row.actor__email}
    if "@" in row.actor__email:
        user["email"] = row.actor__email
    if row.actor__name:
        user["full_name"] = row.actor__name
    return {"user": user}


def _extras(row: Any) -> dict[str, Any]:
    """What the schema has no name for, under our own."""
    extras = {name: getattr(row, name) for name in ("vault_id", "item_id", "client", "data")}
    found = {name: value for name, value in extras.items() if value}
    return {"passaudit": found} if found else {}


FORMATS.register(EventFormat("ecs", _("Elastic Common Schema"), ecs))
