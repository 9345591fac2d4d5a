"""What a destination kind is made of, and what a transport must do.

The engine (`activity.delivery.engine`) decides when, in which order and how often a transport
sends.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from activity.formats import FORMATS, EventRow

if TYPE_CHECKING:
    from activity.delivery.forms import DestinationForm
    from activity.delivery.models import Destination


@dataclass(frozen=True, slots=True)
class Message:
    """One event to deliver. `id` is the same at each attempt.

    `content` is the event in the destination's format; `activity.formats.to_json` serializes it.
    A test event has the `seq` 0.
    """

    seq: int
    id: str
    occurred_at: datetime
    event_type: str
    content: dict[str, Any]


def messages_for(destination: "Destination", rows: Iterable[EventRow]) -> list[Message]:
    """One message per event, in the same order. Raises `Unavailable` if the format is unknown."""
    event_format = FORMATS.get(destination.format)
    if event_format is None:
        message = _("This site does not know the format “%s”. A plugin may be missing.")
        raise Unavailable(message % destination.format)
    return [
        Message(
            seq=row.seq,
            id=str(row.id),
            occurred_at=row.occurred_at,
            event_type=row.event_type,
            content=event_format.write(row, destination.organization),
        )
        for row in rows
    ]


class Refused(Exception):  # noqa: N818 - an answer
    """The receiver rejects the content. Sending it again will not help.

    `at` is the index of the rejected message, if the receiver named it; the messages before it
    were accepted. Without it, no message of the batch counts as accepted.
    """

    def __init__(self, reason: str, *, at: int | None = None) -> None:
        super().__init__(reason)
        self.at = at


class Unavailable(Exception):  # noqa: N818 - an answer
    """The receiver cannot be reached or accepts nothing at the moment. Send the same again later.

    `retry_after` is in seconds, if the receiver named a time. The first `accepted` messages of the
    batch have arrived.
    """

    def __init__(self, reason: str, *, retry_after: float | None = None, accepted: int = 0) -> None:
        super().__init__(reason)
        self.retry_after = retry_after
        self.accepted = accepted


class Transport(Protocol):
    """A connection to one destination. It opens at the first `send` and lasts until `close`."""

    MAX_BATCH: ClassVar[int]

    def send(self, messages: Sequence[Message]) -> None:
        """Deliver 1 to `MAX_BATCH` messages in order. Returns when all of them have arrived.

        Takes at most `settings.DELIVERY_TIMEOUT` seconds in total. Raises `Refused` and
        `Unavailable`, with a reason that users may read: it contains no secret.
        """

    def close(self) -> None:
        """Close the connection. Raises nothing."""


def always() -> bool:
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class DestinationKind:
    """A kind of destination: how it is described, configured and delivered to.

    `code` is stored with each destination and never changes. `description`
    is shown where the kind is chosen. A kind that is not available cannot be added, such as one
    that needs a setting. `new_secret` makes the signing secret of each destination, for kinds whose
    secret passaudit generates and shows once.
    """

    code: str
    label: str | Promise
    description: str | Promise
    form: "type[DestinationForm]"
    transport: "Callable[[Destination], Transport]"
    is_available: Callable[[], bool] = always
    new_secret: Callable[[], str] | None = None
