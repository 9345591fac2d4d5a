"""Delivers: takes a destination that is due, and sends it what waits, in order.

A turn ends when nothing is left, when the receiver fails, or after a while, so that every
destination has its turn; but not before an event that is refused has been found.
"""

import logging
import time
from collections.abc import Callable
from contextlib import closing

from django.db import InterfaceError, OperationalError
from django.http import QueryDict
from django.utils.translation import gettext as _

from activity.access import PlanRequired
from activity.delivery import leases, notifications
from activity.delivery.kinds import transport_for
from activity.delivery.kinds.base import Message, Refused, Transport, Unavailable
from activity.delivery.leases import Lease, LeaseLost
from activity.delivery.messages import messages_for
from activity.delivery.parking import park
from activity.delivery.secrets import SecretLost
from activity.reading import feed
from activity.reading.query import LogQuery
from activity.reading.timeouts import QueryTimeout

TURN_SECONDS = 10.0

logger = logging.getLogger(__name__)


def deliver(is_stopping: Callable[[], bool]) -> bool:
    """One turn of one destination; False when none is due. The worker's task."""
    lease = leases.claim()
    if lease is None:
        return False
    try:
        _take_turn(lease, is_stopping)
        notifications.announce(lease.destination)
    finally:
        lease.release()
    return True


def _take_turn(lease: Lease, is_stopping: Callable[[], bool]) -> None:
    """Whatever goes wrong is written on the destination, and stops no other one."""
    try:
        with closing(transport_for(lease.destination)) as transport:
            Turn(lease, transport).run(is_stopping)
    except Unavailable as error:
        lease.fail(str(error), retry_after=error.retry_after)
    except SecretLost:
        lease.fail(_("The key that its secret was encrypted with is gone. Enter the secret again."))
    except QueryTimeout:
        lease.fail(_("The database took too long to find its events. Narrow the filter by time."))
    except (LeaseLost, PlanRequired):
        logger.info("Destination %s is not ours any more.", lease.destination.pk)
    except (OperationalError, InterfaceError):  # the worker waits for the database
        raise
    except Exception:
        logger.exception("Destination %s cannot be delivered to.", lease.destination.pk)
        lease.fail(_("passaudit made a mistake. The log of its worker says which."))


class Turn:
    """Sends batches of up to `limit` events. `limit` halves to find what is refused."""

    def __init__(self, lease: Lease, transport: Transport) -> None:
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
        """One batch; whether there is more to do."""
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
        """What the destination asks for. Raises `PlanRequired`, and `Unavailable` for a filter
        that is not valid any more."""
        destination = self.lease.destination
        query = LogQuery.for_machine(destination.organization, QueryDict(destination.filter))
        if not query.is_valid:
            texts = " ".join(text for _name, text in query.errors)
            raise Unavailable(_("The filter is not valid: %(faults)s") % {"faults": texts})
        return query

    def _isolate(self, messages: list[Message], error: Refused) -> None:
        """Park the message that is refused, when that is known, else try fewer at a time."""
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
