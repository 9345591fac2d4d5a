"""Events that a receiver refuses are set aside, so that the others go on."""

from contextlib import closing

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from activity import access
from activity.delivery.kinds import transport_for
from activity.delivery.kinds.base import Message, Refused, Unavailable
from activity.delivery.leases import Lease
from activity.delivery.messages import messages_for
from activity.delivery.models import Destination, ParkedEvent
from activity.formats import EventRow
from organizations.plans import Feature

MOST_IN_A_ROW = 10


def park(lease: Lease, message: Message, reason: str) -> None:
    """Set one event aside and go on after it.

    A receiver that refuses event after event is broken, and the events are not: then `Unavailable`
    is raised, so that it gets time, and from then on one event is parked at each attempt.
    Raises `LeaseLost`.
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
    if _parked_in_a_row(destination) >= MOST_IN_A_ROW:
        text = _("It refuses event after event. The last time: %(reason)s")
        raise Unavailable(text % {"reason": reason})


def _parked_in_a_row(destination: Destination) -> int:
    destination.refresh_from_db(fields=["last_success_at"])
    since = destination.last_success_at or destination.created_at
    return destination.parked_events.filter(parked_at__gt=since).count()


def try_again(parked: ParkedEvent) -> None:
    """Send one parked event now, out of its order; it is parked no more once it arrived.

    Raises `Refused` (after noting the new reason), `Unavailable`, `secrets.SecretLost` and
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
