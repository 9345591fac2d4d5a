"""The delivery engine: sends each destination its next events, in order.

A turn ends when all events are sent, when the receiver fails, or after `TURN_SECONDS`, so that the
other destinations get their turn. A search for a refused event is finished first.
"""

import logging
import time
from collections.abc import Callable
from contextlib import closing

from django.http import QueryDict
from django.utils.translation import gettext as _

from activity.access import PlanRequired
from activity.database_errors import DATABASE_ERRORS
from activity.delivery import leases, notifications
from activity.delivery.kinds import transport_for
from activity.delivery.kinds.base import Message, Refused, Transport, Unavailable, messages_for
from activity.delivery.leases import DestinationLease
from activity.delivery.operations import park
from activity.delivery.secrets import SecretLost
from activity.reading import feed
from activity.reading.query import LogQuery
from activity.reading.timeouts import QueryTimeout
from activity.worker.leases import LeaseLost

TURN_SECONDS = 10.0

logger = logging.getLogger(__name__)


def deliver(is_stopping: Callable[[], bool]) -> bool:
    """One turn of one destination. False if none is due. A task of the worker."""
    lease = leases.claim()
    if lease is None:
        return False
    try:
        _take_turn(lease, is_stopping)
        notifications.notify(lease.destination)
    finally:
        lease.release()
    return True


def _take_turn(lease: DestinationLease, is_stopping: Callable[[], bool]) -> None:
    """Store any failure on the destination, so that the others are not affected."""
    try:
        with closing(transport_for(lease.destination)) as transport:
            Turn(lease, transport).run(is_stopping)
    except Unavailable as error:
        lease.fail(str(error), retry_after=error.retry_after)
    except SecretLost:
        lease.fail(_("The encryption key of the secret is gone. Enter the secret again."))
    except QueryTimeout:
        lease.fail(_("The database took too long to find events. Narrow the filter by time."))
    except (LeaseLost, PlanRequired):
        logger.info("The lease on destination %s is lost.", lease.destination.pk)
    except DATABASE_ERRORS:  # the worker waits for the database
        raise
    except Exception:
        logger.exception("Delivery to destination %s failed.", lease.destination.pk)
        lease.fail(_("An internal error occurred. See the log of the worker."))


class Turn:
    """Sends batches of up to `limit` events, and halves `limit` to isolate a refused event."""

    def __init__(self, lease: DestinationLease, transport: Transport) -> None:
        self.lease = lease
        self.transport = transport
        self.limit = transport.MAX_BATCH
        self.is_isolating = False

    def run(self, is_stopping: Callable[[], bool]) -> None:
        """Raises `Unavailable`, `LeaseLost`, `PlanRequired` and `QueryTimeout`."""
        end = time.monotonic() + TURN_SECONDS
        has_more = True
        while has_more and not is_stopping() and (time.monotonic() < end or self.is_isolating):
            self.lease.renew()
            has_more = self._step()

    def _step(self) -> bool:
        """Send one batch. Returns whether there are more events."""
        found = feed.read(self._query(), self.lease.destination.position, self.limit)
        messages = messages_for(self.lease.destination, found.rows)
        self.is_isolating = False
        if not messages:
            self.lease.advance(found.end)
            return found.has_more
        try:
            self.transport.send(messages)
        except Unavailable as error:
            self._count_first(messages[: error.accepted])
            raise
        except Refused as error:
            self._isolate(messages, error)
            return True
        self.lease.advance(found.end, delivered=len(messages))
        self.limit = min(self.limit * 2, self.transport.MAX_BATCH)
        return found.has_more

    def _query(self) -> LogQuery:
        """The filter of the destination.

        Raises `PlanRequired`, and `Unavailable` if the filter is no longer valid.
        """
        destination = self.lease.destination
        query = LogQuery.for_machine(destination.organization, QueryDict(destination.filter))
        if not query.is_valid:
            texts = " ".join(text for _name, text in query.errors)
            raise Unavailable(_("The filter is not valid: %(faults)s") % {"faults": texts})
        return query

    def _isolate(self, messages: list[Message], error: Refused) -> None:
        """Park the refused message if it is known, else send fewer at a time."""
        at = error.at if error.at in range(len(messages)) else None
        if at is None and len(messages) > 1:
            self.limit = len(messages) // 2
            self.is_isolating = True
            return
        self._count_first(messages[: at or 0])
        park(self.lease, messages[at or 0], str(error))

    def _count_first(self, accepted: list[Message]) -> None:
        if accepted:
            self.lease.advance(accepted[-1].seq, delivered=len(accepted))
