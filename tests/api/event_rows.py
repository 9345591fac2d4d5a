"""Rows of events for the tests of formats."""

from collections import namedtuple
from datetime import UTC, datetime
from uuid import UUID

from activity.drafts import EventDraft
from activity.formats import FIELDS
from activity.models import Event
from organizations.models import Organization
from tests import factories

OTHER_CODES = ["bitwarden.1700", "made.up", "nodot", "signin.odd"]
Row = namedtuple("Row", FIELDS)
ACME = Organization(slug="acme", name="Acme Robotics")
RECEIVED_AT = datetime(2026, 11, 2, 10, 23, 14, 5999, tzinfo=UTC)
SHAPES = {
    "full": {"vault_id": "v1", "item_id": "i1", "client": "Firefox", "data": {"a": {"b": 1}}},
    "bare": {"email": "", "name": "", "ip": None},
    "by id": {"email": "7f1c", "name": "", "source": "bitwarden", "source_id": "s1"},
    "in a vault": {"vault_id": "v1"},
}


def row_of(organization, **fields):
    """The row of a stored event."""
    event = factories.event(organization, received_at=RECEIVED_AT, **fields)
    events = Event.objects.filter(organization=organization, actor__organization=organization)
    return events.filter(pk=event.pk).values_list(*FIELDS, named=True).get()


def row(**fields):
    """A row like those of `row_of`, without a database."""
    draft = factories.draft(**fields)
    return Row(
        **{name: getattr(draft, name) for name in set(FIELDS) & set(EventDraft.__slots__)}
        | {"received_at": RECEIVED_AT},
        id=UUID(int=7),
        seq=1,
        actor__email=draft.email,
        actor__name=draft.name,
    )
