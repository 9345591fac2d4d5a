"""Events as messages to a destination, in its format."""

import uuid
from collections.abc import Iterable

from django.utils import timezone

from activity.delivery.kinds.base import Message
from activity.delivery.models import Destination
from activity.formats import FORMATTERS, EventFormat, EventRow

TEST_TYPE = "delivery.test"


def messages_for(destination: Destination, rows: Iterable[EventRow]) -> list[Message]:
    """One message an event, in the same order."""
    formatter = FORMATTERS[EventFormat(destination.format)]
    return [
        Message(
            seq=row.seq,
            id=str(row.id),
            occurred_at=row.occurred_at,
            event_type=row.event_type,
            content=formatter(row, destination.organization),
        )
        for row in rows
    ]


def trial_message(destination: Destination) -> Message:
    """A message about nothing, in the shape of the others."""
    now = timezone.now()
    row = EventRow(
        id=uuid.uuid4(),
        source_id="",
        occurred_at=now,
        event_type=TEST_TYPE,
        actor__email="",
        actor__name="",
        ip=None,
        vault_id="",
        item_id="",
        client="",
        data={"destination": destination.name},
        seq=0,
        received_at=now,
        source="passaudit",
    )
    return messages_for(destination, [row])[0]
