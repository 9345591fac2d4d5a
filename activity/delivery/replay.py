"""Where a destination begins, and how it is sent back to begin there again."""

from datetime import datetime

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Min
from django.utils.translation import gettext as _

from activity import access
from activity.delivery.models import Destination
from activity.models import LogHead
from activity.reading.timeouts import statement_timeout
from organizations.models import Organization
from organizations.plans import Feature


def end_of_log(organization: Organization) -> int:
    """The position of a new destination that gets no event of before."""
    head = LogHead.objects.filter(pk=organization.pk).first()
    return head.size if head else 0


def replay_from_seq(destination: Destination, seq: int) -> None:
    """Deliver number `seq` next, and all that follow, whether or not they arrived before.

    Raises `ValidationError`. A worker that is at it loses its lease and writes nothing any more.
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
    """Deliver all that occurred at `moment` or later, and what was recorded between; the first
    number.

    Raises `ValidationError`, `access.PlanRequired` and `QueryTimeout`.
    """
    events = access.log_for_operator(destination.organization, Feature.EXPORT_LOG)
    with statement_timeout(settings.PAGE_SECONDS):
        found = events.filter(occurred_at__gte=moment).aggregate(first=Min("seq"))["first"]
    if found is None:
        raise ValidationError(_("Nothing has occurred since then. Choose an earlier time."))
    replay_from_seq(destination, found)
    return found


def try_now(destination: Destination) -> None:
    """Do not wait for the time of the next attempt: the cause may be gone."""
    Destination.objects.filter(pk=destination.pk).update(retry_at=None)
