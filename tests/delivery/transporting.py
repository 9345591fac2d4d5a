"""Destinations and messages for transports, without a database."""

from datetime import UTC, datetime
from typing import Any

from activity.delivery.kinds import Transport, transport_for
from activity.delivery.kinds.base import Message
from activity.delivery.models import Destination
from organizations.models import Organization
from tests.delivery.receivers import authority_pem

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def destination(kind: str, address: str, *, secret: str = SECRET, **fields: Any) -> Destination:
    """A destination of Acme that is not stored."""
    acme = Organization(pk=1, slug="acme", name="Acme Robotics")
    made = Destination(
        pk=7,
        organization=acme,
        kind=kind,
        address=address,
        **{"ca_certificate": authority_pem(), **fields},
    )
    made.secret = secret
    return made


def transport(kind: str, address: str, **fields: Any) -> Transport:
    return transport_for(destination(kind, address, **fields))


def message(seq: int = 1, **fields: Any) -> Message:
    content = fields.pop("content", {"event": "item.read", "seq": seq})
    defaults: dict[str, Any] = {
        "id": f"00000000-0000-8000-8000-{seq:012}",
        "occurred_at": datetime(2026, 11, 22, 10, 23, 13, 123456, tzinfo=UTC),
        "event_type": "item.read",
    }
    return Message(seq=seq, content=content, **(defaults | fields))
