"""A receiver in memory, and destinations that deliver to it."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from activity.delivery.engine import deliver
from activity.delivery.kinds import KINDS
from activity.delivery.kinds.base import Message, Refused
from activity.delivery.models import Destination
from activity.recording import record
from organizations.models import Organization
from tests import factories


@dataclass
class FakeTransport:
    """Raises or calls one of `answers` per batch, then accepts all events except `poison`."""

    MAX_BATCH = 10

    answers: list[Any] = field(default_factory=list)
    poison: set[int] = field(default_factory=set)
    says_which: bool = False
    attempts: list[list[int]] = field(default_factory=list)
    received: list[Message] = field(default_factory=list)
    is_closed: bool = False

    def send(self, messages: Sequence[Message]) -> None:
        self.attempts.append([message.seq for message in messages])
        answer = self.answers.pop(0) if self.answers else None
        if isinstance(answer, Exception):
            raise answer
        if answer is not None:
            answer()
        refused = [at for at, message in enumerate(messages) if message.seq in self.poison]
        if refused and self.says_which:
            self.received += messages[: refused[0]]
            raise Refused("too salty", at=refused[0])
        if refused:
            raise Refused("too salty")
        self.received += messages

    def close(self) -> None:
        self.is_closed = True

    @property
    def seqs(self) -> list[int]:
        return [message.seq for message in self.received]


def make_destination(organization: Organization, **fields: Any) -> Destination:
    """Store a destination that begins with the first event."""
    defaults = {"name": "SIEM", "kind": "webhook", "address": "https://siem.example/in"}
    return Destination.objects.create(organization=organization, **(defaults | fields))


def fill(organization: Organization, count: int, **fields: Any) -> None:
    """Record `count` more events, a second apart."""
    first = factories.draft(**fields).occurred_at
    drafts = [
        factories.draft(**fields | {"occurred_at": first + timedelta(seconds=number)})
        for number in range(count)
    ]
    record(organization, drafts)


def never() -> bool:
    return False


def run_turn() -> bool:
    return deliver(never)


def lead_to(monkeypatch: Any, transport: Any) -> None:
    """Make all webhooks use `transport`, a function of the destination."""
    kind = replace(KINDS["webhook"], transport=transport)
    monkeypatch.setitem(KINDS._entries, "webhook", kind)
