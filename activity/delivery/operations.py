"""Operations on a destination besides regular delivery: parking, replay, test events.

A parked event (a dead letter) is one that the receiver refused.
"""

import uuid
from contextlib import closing
from datetime import datetime

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, Min
from django.utils import timezone
from django.utils.translation import gettext as _

from activity import access
from activity.delivery.kinds import transport_for
from activity.delivery.kinds.base import Message, Refused, Unavailable, messages_for
from activity.delivery.leases import DestinationLease
from activity.delivery.models import Destination, ParkedEvent
from activity.formats import EventRow
from activity.models import LogHead
from activity.reading.timeouts import statement_timeout
from organizations.models import Organization
from organizations.plans import Feature

MAX_PARKED_IN_A_ROW = 10
TEST_TYPE = "delivery.test"


def park(lease: DestinationLease, message: Message, reason: str) -> None:
    """Park one event and move the cursor past it. Raises `LeaseLost`.

    If a receiver refuses many events in a row, the receiver is at fault, not the events. Then this
    raises `Unavailable`, so that delivery pauses, and each attempt parks one more event.
    """
    destination = lease.destination
    with transaction.atomic():
        ParkedEvent.objects.update_or_create(
            organization=destination.organization,
            destination=destination,
            seq=message.seq,
            defaults={"reason": reason, "parked_at": timezone.now()},
        )
        lease.advance(message.seq)
    if _parked_in_a_row(destination) >= MAX_PARKED_IN_A_ROW:
        text = _("The receiver refuses one event after another. Last reason: %(reason)s")
        raise Unavailable(text % {"reason": reason})


def _parked_in_a_row(destination: Destination) -> int:
    destination.refresh_from_db(fields=["last_success_at"])
    since = destination.last_success_at or destination.created_at
    return destination.parked_events.filter(parked_at__gt=since).count()


def try_again(parked: ParkedEvent) -> None:
    """Send one parked event now, out of order, and unpark it if it arrives.

    Raises `Refused` (after storing the new reason), `Unavailable`, `secrets.SecretLost` and
    `access.PlanRequired`.
    """
    destination = parked.destination
    events = access.log_for_operator(parked.organization, Feature.EXPORT_LOG)
    theirs = events.filter(actor__organization=parked.organization)
    event = theirs.select_related("actor").get(seq=parked.seq)
    messages = messages_for(destination, [EventRow.of(event)])
    try:
        with closing(transport_for(destination)) as transport:
            transport.send(messages)
    except Refused as error:
        parked.reason, parked.parked_at = str(error), timezone.now()
        parked.save(update_fields=["reason", "parked_at"])
        raise
    with transaction.atomic():
        parked.delete()
        Destination.objects.filter(pk=destination.pk).update(delivered=F("delivered") + 1)


def end_of_log(organization: Organization) -> int:
    """The position of a destination that receives only events recorded from now on."""
    head = LogHead.objects.filter(pk=organization.pk).first()
    return head.size if head else 0


def replay_from_seq(destination: Destination, seq: int) -> None:
    """Deliver number `seq` and all later events again.

    Raises `ValidationError`. A worker that is delivering loses its lease.
    """
    last = end_of_log(destination.organization)
    if not 1 <= seq <= last + 1:
        message = _("Choose a number from 1 to %(last)d.")
        raise ValidationError(message % {"last": last + 1})
    with transaction.atomic():
        Destination.objects.filter(pk=destination.pk).update(position=seq - 1, retry_at=None)
        destination.parked_events.filter(seq__gte=seq).delete()
    destination.refresh_from_db()


def replay_from_time(destination: Destination, moment: datetime) -> int:
    """Replay from the lowest `seq` that occurred at `moment` or later. Returns that `seq`.

    Raises `ValidationError`, `access.PlanRequired` and `QueryTimeout`.
    """
    events = access.log_for_operator(destination.organization, Feature.EXPORT_LOG)
    with statement_timeout(settings.PAGE_SECONDS):
        found = events.filter(occurred_at__gte=moment).aggregate(first=Min("seq"))["first"]
    if found is None:
        raise ValidationError(_("Nothing has occurred since then. Choose an earlier time."))
    first = int(found)
    replay_from_seq(destination, first)
    return first


def try_now(destination: Destination) -> None:
    """Cancel the delay before the next attempt."""
    Destination.objects.filter(pk=destination.pk).update(retry_at=None)


def send_test_event(destination: Destination) -> None:
    """Send one event of the type `delivery.test` now. If it arrives, cancel the retry delay.

    Raises `Refused`, `Unavailable`, `secrets.SecretLost` and `access.PlanRequired`. The log of the
    organization does not contain the event.
    """
    access.log_for_operator(destination.organization, Feature.EXPORT_LOG)
    with closing(transport_for(destination)) as transport:
        transport.send([_test_message(destination)])
    try_now(destination)


def _test_message(destination: Destination) -> Message:
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
