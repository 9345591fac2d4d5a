"""What a transport is: it takes messages to one destination, or says why not.

The engine (`activity.delivery.engine`) decides when, in what order and how often.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Protocol


@dataclass(frozen=True, slots=True)
class Message:
    """One event on its way. `id` stays the same however often it is sent.

    `content` is the event in the destination's format; `activity.formats.to_json` writes it. A
    test event has the `seq` 0.
    """

    seq: int
    id: str
    occurred_at: datetime
    event_type: str
    content: dict[str, Any]


class Refused(Exception):  # noqa: N818 - an answer
    """The receiver will never accept this content; sending it again is of no use.

    `at` is the index of the message it means, when it says which: those before it were accepted.
    Without it, no message of the batch counts as accepted.
    """

    def __init__(self, reason: str, *, at: int | None = None) -> None:
        super().__init__(reason)
        self.at = at


class Unavailable(Exception):  # noqa: N818 - an answer
    """The receiver cannot be reached, or accepts nothing for now; the same again, later.

    `retry_after` is in seconds, when the receiver named a time. The first `accepted` messages of
    the batch have arrived.
    """

    def __init__(self, reason: str, *, retry_after: float | None = None, accepted: int = 0) -> None:
        super().__init__(reason)
        self.retry_after = retry_after
        self.accepted = accepted


class Transport(Protocol):
    """A connection to one destination, for as long as the engine's turn lasts.

    A transport opens its connection at the first `send` and keeps it until `close`.
    """

    MAX_BATCH: ClassVar[int]

    def send(self, messages: Sequence[Message]) -> None:
        """Deliver 1 to `MAX_BATCH` messages in their order; return when all of them arrived.

        Takes at most `settings.DELIVERY_TIMEOUT` seconds in all, whatever the receiver does.
        Raises `Refused` and `Unavailable`, with a reason for people, without any secret.
        """

    def close(self) -> None:
        """Let go of the connection. Raises nothing."""
