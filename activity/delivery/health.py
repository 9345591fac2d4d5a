"""The health of destinations, for all pages that show it."""

import functools
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast

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
    """`waiting` is the number of events after the cursor, before filtering; the oldest of them was
    recorded `lag_seconds` ago. `reason` says why delivery does not proceed.
    """

    status: Status
    waiting: int
    lag_seconds: float
    reason: str


def health_of(destination: Destination) -> Health:
    return healths_of([destination])[0]


def healths_of(destinations: Sequence[Destination]) -> list[Health]:
    """The health of each destination, with three queries at most.

    Reads no events of organizations whose plan does not include the log.
    """
    sizes = _sizes({destination.organization_id for destination in destinations})
    behind = {
        each.pk: max(0, sizes.get(each.organization_id, 0) - each.position) for each in destinations
    }
    refusals: dict[int, str] = {}
    first_waiting = []
    for destination in destinations:
        try:
            events = access.log_for_operator(destination.organization, Feature.EXPORT_LOG)
        except access.PlanRequired as error:
            refusals[destination.pk] = str(error)
            continue
        if behind[destination.pk]:
            first = events.filter(seq=destination.position + 1)
            first_waiting.append(first.values_list("organization_id", "seq", "received_at"))
    times = {(pk, seq): received for pk, seq, received in _together(first_waiting)}
    now, has_worker = timezone.now(), functools.cache(is_worker_running)
    found = []
    for destination in destinations:
        waiting = behind[destination.pk]
        if destination.pk in refusals:
            found.append(Health(Status.DISABLED, waiting, 0.0, refusals[destination.pk]))
            continue
        oldest = times.get((destination.organization_id, destination.position + 1))
        lag = now - oldest if oldest else timedelta()
        status, reason = _judge(destination, lag, has_worker)
        found.append(Health(status, waiting, max(0.0, lag.total_seconds()), reason))
    return found


def _sizes(organizations: set[int]) -> dict[int, int]:
    """The number of events in the log of each organization."""
    heads = [
        LogHead.objects.filter(organization=pk).values_list("organization_id", "size")
        for pk in sorted(organizations)
    ]
    return dict(_together(heads))


def _together(querysets: Sequence[Any]) -> Iterable[Any]:
    """UNION ALL of `querysets`, each of which is limited to one organization."""
    if not querysets:
        return ()
    first, *others = querysets
    return cast("Iterable[Any]", first.union(*others, all=True) if others else first)


def _judge(
    destination: Destination, lag: timedelta, has_worker: Callable[[], bool]
) -> tuple[Status, str]:
    if destination.is_paused:
        return Status.DISABLED, _("Delivery is paused.")
    if destination.failing_since:
        return Status.FAILING, destination.last_error
    if lag > LAGGING_AFTER:
        return Status.LAGGING, "" if has_worker() else _("No worker is running.")
    return Status.OK, ""
