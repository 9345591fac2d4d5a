"""The Open Cybersecurity Schema Framework, version 1.8.0: https://schema.ocsf.io/1.8.0/"""

from datetime import datetime
from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy as _

from activity.clock import iso_utc
from activity.event_types import OTHER as UNKNOWN
from activity.event_types import SECURE_LINK, SIGN_IN, Level, english_label, event_type
from activity.formats.base import FORMATS, EventFormat
from activity.formats.codes import in_words, split_code
from organizations.models import Organization

VERSION = "1.8.0"
PRODUCT = {"name": "passaudit", "vendor_name": "passaudit"}
SERVICE = {"name": "Proton Pass"}


class EventClass(NamedTuple):
    uid: int
    name: str
    category_uid: int
    category_name: str


BASE_EVENT = EventClass(0, "Base Event", 0, "Uncategorized")
AUTHENTICATION = EventClass(3002, "Authentication", 3, "Identity & Access Management")
ENTITY_MANAGEMENT = EventClass(3004, "Entity Management", 3, "Identity & Access Management")
WEB_RESOURCES = EventClass(6001, "Web Resources Activity", 6, "Application Activity")

CLASSES = {
    SIGN_IN.code: AUTHENTICATION,
    SECURE_LINK.code: WEB_RESOURCES,
    UNKNOWN.code: BASE_EVENT,
}
OTHER = 99
ACTIVITIES = {
    AUTHENTICATION: {"succeeded": (1, "Logon"), "failed": (1, "Logon")},
    WEB_RESOURCES: {"created": (8, "Share"), "read": (2, "Read"), "deleted": (4, "Delete")},
    ENTITY_MANAGEMENT: {
        "created": (1, "Create"),
        "read": (2, "Read"),
        "updated": (3, "Update"),
        "flags_changed": (3, "Update"),
        "deleted": (4, "Delete"),
        "accepted": (10, "Activate"),
        "validated": (10, "Activate"),
    },
    BASE_EVENT: {},
}
INFORMATIONAL, LOW = (1, "Informational"), (2, "Low")
SUCCESS, FAILURE = (1, "Success"), (2, "Failure")


def ocsf(row: Any, organization: Organization) -> dict[str, Any]:
    """The event of a row with `FIELDS`. `unmapped` holds what has no place elsewhere."""
    kind, verb = split_code(row.event_type)
    event_class = CLASSES.get(kind, ENTITY_MANAGEMENT)
    name = row.event_type if event_class is BASE_EVENT else in_words(verb)
    activity = ACTIVITIES[event_class].get(verb, (OTHER, name))
    is_sensitive = event_type(row.event_type).level is Level.SENSITIVE or verb == "failed"
    severity = LOW if is_sensitive else INFORMATIONAL
    status = FAILURE if verb == "failed" else SUCCESS
    return {
        "time": _milliseconds(row.occurred_at),
        "class_uid": event_class.uid,
        "class_name": event_class.name,
        "category_uid": event_class.category_uid,
        "category_name": event_class.category_name,
        "activity_id": activity[0],
        "activity_name": activity[1],
        "type_uid": event_class.uid * 100 + activity[0],
        "severity_id": severity[0],
        "severity": severity[1],
        "status_id": status[0],
        "status": status[1],
        "message": english_label(row.event_type),
        "metadata": _metadata(row, organization, event_class),
        **_actor(row),
        **_object(row, event_class, kind),
        **_origin(row, event_class),
    }


def _milliseconds(instant: datetime) -> int:
    return int(instant.timestamp()) * 1000 + instant.microsecond // 1000


def _metadata(row: Any, organization: Organization, event_class: EventClass) -> dict[str, Any]:
    metadata = {
        "version": VERSION,
        "product": PRODUCT,
        "log_name": "activity",
        "log_provider": row.source,
        "tenant_uid": organization.slug,
        "uid": str(row.id),
        "event_code": row.event_type,
        "sequence": row.seq,
        "logged_time": _milliseconds(row.received_at),
        "original_time": iso_utc(row.occurred_at),
    }
    if row.source_id:
        metadata["original_event_uid"] = row.source_id
    if event_class in (BASE_EVENT, WEB_RESOURCES):  # the profile brings `actor`
        metadata["profiles"] = ["host"]
    return metadata


def _actor(row: Any) -> dict[str, Any]:
    """An event of the system itself has no user, but an app."""
    actor: dict[str, Any] = {}
    if row.actor__email:
        actor["user"] = _user(row)
    if row.client or not actor:
        actor["app_name"] = row.client or SERVICE["name"]
    return {"actor": actor}


def _user(row: Any) -> dict[str, Any]:
    user = {"uid": row.actor__email, "name": row.actor__email}
    if "@" in row.actor__email:
        user["email_addr"] = row.actor__email
    if row.actor__name:
        user["full_name"] = row.actor__name
    return user


def _object(row: Any, event_class: EventClass, kind: str) -> dict[str, Any]:
    """What was acted upon, in the words of the class."""
    if event_class is AUTHENTICATION:
        user = _user(row) if row.actor__email else {"name": "unknown"}
        return {"user": user, "service": SERVICE}
    uid = row.item_id or row.vault_id
    thing = {"type": kind, **({"uid": uid} if uid else {"name": kind})}
    if event_class is WEB_RESOURCES:
        return {"web_resources": [thing]}
    if event_class is ENTITY_MANAGEMENT:
        return {"entity": {"type_id": OTHER, **thing}}
    return {}


def _origin(row: Any, event_class: EventClass) -> dict[str, Any]:
    """The address, which the base event has no attribute for, and all that is left over."""
    unmapped = {name: getattr(row, name) for name in ("vault_id", "item_id", "data")}
    endpoint = {"src_endpoint": {"ip": row.ip}} if row.ip else {}
    if event_class is BASE_EVENT:
        unmapped |= endpoint
        endpoint = {}
    found = {name: value for name, value in unmapped.items() if value}
    return {**endpoint, **({"unmapped": found} if found else {})}


FORMATS.register(EventFormat("ocsf", _("OCSF"), ocsf))
