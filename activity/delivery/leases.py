"""Which worker is at which destination.

A worker takes a destination by one conditional UPDATE of the row, which gives it a token and some
time. Every later step of the worker is an UPDATE that names the token: who has lost the lease, by
being slow or stopped, changes nothing any more. A worker that was killed loses it when time is up.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from activity.delivery import backoff
from activity.delivery.models import Destination
from organizations.plans import Feature, plans_with

CANDIDATES = 10
TIMEOUTS_PER_LEASE = 3
# What people may change while a worker goes by it.
TERMS = ("address", "sealed_secret", "ca_certificate", "format", "filter")


class LeaseLost(Exception):  # noqa: N818 - an answer
    """The destination was taken by another worker, paused, changed, sent back to replay, or
    deleted."""


def due(now: datetime) -> QuerySet[Destination]:
    """Those with events that wait and with nothing in the way, the longest untouched first."""
    return (
        Destination.objects.filter(
            _is_ready(now),
            organization__plan__in=plans_with(Feature.EXPORT_LOG),
            organization__log_head__size__gt=F("position"),
        )
        .select_related("organization")
        .order_by(F("leased_until").asc(nulls_first=True), "pk")
    )


def _is_ready(now: datetime) -> Q:
    """What the row itself says. An UPDATE that had to wait for another looks at this anew, and at
    nothing else."""
    is_free = Q(leased_until=None) | Q(leased_until__lte=now)
    return is_free & (Q(retry_at=None) | Q(retry_at__lte=now)) & Q(is_paused=False)


def claim() -> "Lease | None":
    """A destination that is due, for this worker alone; None when there is none."""
    now = timezone.now()
    for candidate in due(now)[:CANDIDATES]:
        lease = Lease(candidate, uuid.uuid4())
        free = Destination.objects.filter(_is_ready(now), pk=candidate.pk)
        if free.update(lease_token=lease.token, leased_until=_end_of_lease()):
            candidate.refresh_from_db()
            return lease
    return None


def _end_of_lease() -> datetime:
    """Long after the longest `Transport.send`."""
    return timezone.now() + timedelta(seconds=TIMEOUTS_PER_LEASE * settings.DELIVERY_TIMEOUT)


@dataclass(frozen=True, slots=True)
class Lease:
    """`destination` is as this worker last saw it."""

    destination: Destination
    token: uuid.UUID

    @property
    def _row(self) -> QuerySet[Destination]:
        return Destination.objects.filter(pk=self.destination.pk, lease_token=self.token)

    @property
    def _unchanged(self) -> QuerySet[Destination]:
        terms = {name: getattr(self.destination, name) for name in TERMS}
        return self._row.filter(**terms)

    def renew(self) -> None:
        """Begin the lease anew. Raises `LeaseLost`."""
        still = self._unchanged.filter(is_paused=False, position=self.destination.position)
        if not still.update(leased_until=_end_of_lease()):
            raise LeaseLost

    def advance(self, position: int, *, delivered: int = 0) -> None:
        """All up to `position` is dealt with, and so many of it arrived. Raises `LeaseLost`.

        Nothing is written when somebody has changed the position meanwhile.
        """
        success = {}
        if delivered:
            success = {
                "delivered": F("delivered") + delivered,
                "last_success_at": timezone.now(),
                "failing_since": None,
                "failures": 0,
                "retry_at": None,
            }
        where_it_was = self._row.filter(position=self.destination.position)
        if not where_it_was.update(position=position, **success):
            raise LeaseLost
        self.destination.position = position

    def fail(self, reason: str, *, retry_after: float | None = None) -> None:
        """Say what is wrong, and try again later. Nothing when the lease is lost, or when what
        failed was changed meanwhile."""
        stored = self._unchanged.values_list("failures", "failing_since").first()
        if stored is None:
            return
        now, (failures, since) = timezone.now(), stored
        wait = timedelta(seconds=backoff.delay(failures + 1, retry_after))
        self._unchanged.update(
            failures=failures + 1,
            failing_since=since or now,
            retry_at=now + wait,
            last_error=reason,
            last_error_at=now,
        )

    def release(self) -> None:
        """Let others have it. Nothing when the lease is lost."""
        self._row.update(lease_token=None, leased_until=timezone.now())
