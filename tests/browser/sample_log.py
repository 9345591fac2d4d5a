"""A log of 240 events in 20 days, and the expected results of filters."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Self

from activity.drafts import EventDraft
from activity.event_types import event_type
from activity.recording import record
from organizations.models import Organization
from tests.factories import draft

START = datetime(2026, 9, 21, 4, 0, 7, tzinfo=UTC)
BURSTS = 80
BETWEEN_BURSTS = timedelta(hours=6)
IN_A_BURST = [timedelta(0), timedelta(minutes=3), timedelta(minutes=40)]
PEOPLE = [
    ("dana@acme.example", "Dana Weiss", "203.0.113.7"),
    ("eli@acme.example", "Eli Sørensen", "198.51.100.23"),
    ("ünal@acme.example", "Ünal Öztürk", "2001:db8::7"),
    ("fay@partner.example", "Fay Moreau", "203.0.113.200"),
]
TYPES = [
    "item.read",
    "item.used",
    "item.read",
    "item.updated",
    "share.created",
    "item.created",
    "secure_link.read",
    "item.used",
    "vault.deleted",
]

Cells = tuple[str, str, str, str]


@dataclass(frozen=True, slots=True)
class SampleLog:
    drafts: list[EventDraft]

    @classmethod
    def recorded_for(cls, organization: Organization) -> Self:
        drafts = list(_drafts())
        record(organization, drafts)
        return cls(drafts)

    def count(self, condition: Callable[[EventDraft], bool]) -> str:
        """The text of the page for the number of events that meet the condition."""
        return f"{len(self.rows(condition))} of {len(self.drafts)} events"

    def rows(self, condition: Callable[[EventDraft], bool] = lambda _: True) -> list[Cells]:
        """Instant, user, event and IP address of the events that meet it, newest first."""
        return [
            (one.occurred_at.isoformat(), one.email, str(event_type(one.event_type).label), one.ip)
            for one in reversed(self.drafts)
            if condition(one)
        ]


def _drafts() -> Iterator[EventDraft]:
    moments = [START + n * BETWEEN_BURSTS + step for n in range(BURSTS) for step in IN_A_BURST]
    for number, moment in enumerate(moments):
        email, name, ip = PEOPLE[number % len(PEOPLE)]
        code = TYPES[number % len(TYPES)]
        yield draft(occurred_at=moment, event_type=code, email=email, name=name, ip=ip)
