"""How a destination is: the same for every page that tells."""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import TextChoices
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from activity import access
from activity.delivery.models import Destination
from activity.models import LogHead
from activity.worker.heartbeats import is_worker_running
from organizations.plans import Feature

LAGGING_AFTER = timedelta(seconds=60)


class Status(TextChoices):
    OK = "ok", gettext_lazy("OK")
    LAGGING = "lagging", gettext_lazy("Lagging")
    FAILING = "failing", gettext_lazy("Failing")
    DISABLED = "disabled", gettext_lazy("Disabled")


@dataclass(frozen=True, slots=True)
class Health:
    """`waiting` events were recorded after the last one that was dealt with, whether or not the
    filter takes them; the first of them `lag_seconds` ago. `reason` says why it does not go on.
    """

    status: Status
    waiting: int
    lag_seconds: float
    reason: str


def health_of(destination: Destination) -> Health:
    """Asks the log for two rows; for none of its events when the plan has no log."""
    waiting = _waiting(destination)
    try:
        events = access.log_for_operator(destination.organization, Feature.EXPORT_LOG)
    except access.PlanRequired as error:
        return Health(Status.DISABLED, waiting, 0.0, str(error))
    first = events.filter(seq=destination.position + 1).values_list("received_at", flat=True)
    oldest = first.first() if waiting else None
    lag = timezone.now() - oldest if oldest else timedelta()
    status, reason = _judge(destination, lag)
    return Health(status, waiting, max(0.0, lag.total_seconds()), reason)


def _waiting(destination: Destination) -> int:
    head = LogHead.objects.filter(pk=destination.organization_id).first()
    return max(0, head.size - destination.position) if head else 0


def _judge(destination: Destination, lag: timedelta) -> tuple[Status, str]:
    if destination.is_paused:
        return Status.DISABLED, _("It is paused.")
    if destination.failing_since:
        return Status.FAILING, destination.last_error
    if lag > LAGGING_AFTER:
        return Status.LAGGING, "" if is_worker_running() else _(
            "No worker runs that would deliver."
        )
    return Status.OK, ""
