"""1Password: item usages, sign-in attempts and audit events of its Events API.

`data` holds the whole row.
"""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from activity.drafts import EventDraft, fitted_draft
from activity.importers.base import IMPORTERS, Importer
from activity.importers.files.json_rows import JsonFormat
from activity.importers.files.rows import RowError, mapping, text
from activity.importers.options import Options, person

ITEM_USAGES = {
    "enter-item-edit-mode": "item.updated",
    "export": "item.exported",
    "fill": "item.used",
    "reveal": "item.read",
    "secure-copy": "item.copied",
    "select-sso-provider": "item.used",
    "server-create": "item.created",
    "server-fetch": "item.read",
    "server-update": "item.updated",
    "share": "secure_link.created",
}
SIGN_INS = {
    "success": "signin.succeeded",
    "firewall_reported_success": "signin.succeeded",
    "credentials_failed": "signin.failed",
    "mfa_failed": "signin.failed",
    "sso_failed": "signin.failed",
    "modern_version_failed": "signin.failed",
    "firewall_failed": "signin.failed",
}
# Code by object and action. `uva` is the access of a user to a vault, `gva` that of a group.
AUDIT_EVENTS = {
    ("item", "delete"): "item.deleted",
    ("vault", "create"): "vault.created",
    ("vault", "update"): "vault.updated",
    ("vault", "delete"): "vault.deleted",
    ("uva", "grant"): "share.created",
    ("uva", "update"): "share.updated",
    ("uva", "revoke"): "share.deleted",
    ("gva", "grant"): "share.created",
    ("gva", "update"): "share.updated",
    ("gva", "revoke"): "share.deleted",
    ("invite", "create"): "invite.created",
    ("invite", "accept"): "invite.accepted",
    ("invite", "delete"): "invite.deleted",
}
VAULT_OBJECTS = {"vault", "uva", "gva"}


def _draft(row: Mapping[str, Any], options: Options) -> EventDraft:
    for keys, draft in ROW_TYPES:
        if keys <= row.keys():
            return draft(row, options)
    raise RowError(_("is not an item usage, a sign-in attempt or an audit event"))


def _item_usage(row: Mapping[str, Any], options: Options) -> EventDraft:
    action, client = text(row, "action"), mapping(row, "client")
    return _event(
        row,
        options,
        code=ITEM_USAGES.get(action) or _own_code("item", action),
        user=mapping(row, "user"),
        ip=text(client, "ip_address"),
        vault_id=text(row, "vault_uuid"),
        item_id=text(row, "item_uuid"),
        client=_named(client),
    )


def _sign_in(row: Mapping[str, Any], options: Options) -> EventDraft:
    category, client = text(row, "category"), mapping(row, "client")
    return _event(
        row,
        options,
        code=SIGN_INS.get(category) or _own_code("signin", category),
        user=mapping(row, "target_user"),
        ip=text(client, "ip_address"),
        client=_named(client),
    )


def _audit_event(row: Mapping[str, Any], options: Options) -> EventDraft:
    kind, action = text(row, "object_type"), text(row, "action")
    object_id = text(row, "object_uuid")
    return _event(
        row,
        options,
        code=AUDIT_EVENTS.get((kind, action)) or _own_code(kind, action),
        user=mapping(row, "actor_details") or {"uuid": text(row, "actor_uuid")},
        ip=text(mapping(row, "session"), "ip"),
        vault_id=object_id if kind in VAULT_OBJECTS else "",
        item_id=object_id if kind == "item" else "",
    )


def _event(
    row: Mapping[str, Any],
    options: Options,
    *,
    code: str,
    user: Mapping[str, Any],
    ip: str,
    vault_id: str = "",
    item_id: str = "",
    client: str = "",
) -> EventDraft:
    email, name = person(text(user, "email"), text(user, "uuid"), name=text(user, "name"))
    return fitted_draft(
        occurred_at=options.times.read(text(row, "timestamp")),
        event_type=code,
        email=email,
        name=name,
        ip=ip,
        vault_id=vault_id,
        item_id=item_id,
        client=client,
        data=row,
        source="onepassword",
        source_id=text(row, "uuid"),
    )


def _own_code(kind: str, action: str) -> str:
    return f"onepassword.{kind}.{action}" if kind and action else ""


def _named(client: Mapping[str, Any]) -> str:
    keys = ("app_name", "app_version", "platform_name", "platform_version")
    return " ".join(filter(None, (text(client, key) for key in keys)))


ROW_TYPES = [
    (frozenset({"uuid", "timestamp", "item_uuid"}), _item_usage),
    (frozenset({"uuid", "timestamp", "target_user"}), _sign_in),
    (frozenset({"uuid", "timestamp", "object_type"}), _audit_event),
]

IMPORTERS.register(
    Importer(
        code="onepassword",
        label="1Password Events API JSON",
        shapes=[
            JsonFormat(_draft, known_by=[keys for keys, _function in ROW_TYPES], pages=["items"])
        ],
    )
)
