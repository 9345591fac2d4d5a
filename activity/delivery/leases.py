"""Which worker delivers to which destination, and when a failed delivery is tried again.

Each destination is leased to one worker (`activity.worker.leases`). The worker moves the cursor
`position` only if nobody has changed it in the meantime.

Delays after failures are drawn at random up to a limit that doubles ("full jitter"):
https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
"""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from activity.delivery.models import Destination
from activity.worker.leases import Lease, LeaseFields, acquire
from organizations.plans import Feature, plans_with

CANDIDATES = 10
TIMEOUTS_PER_LEASE = 3
# Fields that administrators may change while a worker delivers.
SETTINGS = ("address", "sealed_secret", "ca_certificate", "format", "filter")

FIRST_SECONDS = 2.0
MIN_SECONDS = 0.2
MAX_SECONDS = 3600.0
MAX_DOUBLINGS = 12


def _duration() -> timedelta:
    """Much longer than the longest `Transport.send`."""
    return timedelta(seconds=TIMEOUTS_PER_LEASE * settings.DELIVERY_TIMEOUT)


FIELDS = LeaseFields("lease_token", "leased_until", _duration)


def due(now: datetime) -> QuerySet[Destination]:
    """Destinations with events to deliver, the least recently served first."""
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
    """Conditions on the row alone, so that an UPDATE that had to wait checks them again."""
    is_free = Q(leased_until=None) | FIELDS.has_expired(now)
    return is_free & (Q(retry_at=None) | Q(retry_at__lte=now)) & Q(is_paused=False)


def claim() -> "DestinationLease | None":
    """Lease a destination that is due. None when there is none."""
    now = timezone.now()
    for candidate in due(now)[:CANDIDATES]:
        token = acquire(candidate, FIELDS, _is_ready(now))
        if token is not None:
            return DestinationLease(candidate, token, FIELDS)
    return None


@dataclass(frozen=True, slots=True)
class DestinationLease(Lease[Destination]):
    """The right of this worker to deliver to one destination."""

    @property
    def destination(self) -> Destination:
        return self.row

    def renew(self) -> None:
        """Restart the time of the lease.

        Raises `LeaseLost`, also when the destination was paused, changed or replayed.
        """
        self.extend(self._has_same_settings, Q(is_paused=False, position=self.row.position))

    def advance(self, position: int, *, delivered: int = 0) -> None:
        """Move the cursor to `position`, and count `delivered` events. Raises `LeaseLost`.

        Nothing is stored if the position was changed in the meantime.
        """
        success: dict[str, Any] = {}
        if delivered:
            success = {
                "delivered": F("delivered") + delivered,
                "last_success_at": timezone.now(),
                "failing_since": None,
                "failures": 0,
                "retry_at": None,
            }
        self.update(Q(position=self.row.position), position=position, **success)
        self.row.position = position

    def fail(self, reason: str, *, retry_after: float | None = None) -> None:
        """Store the reason of a failure, and when to try again.

        Nothing is stored if the lease is lost, or if the settings were changed in the meantime.
        """
        unchanged = self.held.filter(self._has_same_settings)
        stored = unchanged.values_list("failures", "failing_since").first()
        if stored is None:
            return
        now, (failures, since) = timezone.now(), stored
        wait = timedelta(seconds=retry_delay(failures + 1, retry_after))
        unchanged.update(
            failures=failures + 1,
            failing_since=since or now,
            retry_at=now + wait,
            last_error=reason,
            last_error_at=now,
        )

    def release(self) -> None:
        """End the lease. Does nothing if it is lost."""
        self.held.update(lease_token=None, leased_until=timezone.now())

    @property
    def _has_same_settings(self) -> Q:
        return Q(**{name: getattr(self.row, name) for name in SETTINGS})


def max_delay(failures: int) -> float:
    """The longest delay in seconds after `failures` consecutive failures, from 1."""
    doublings = min(failures - 1, MAX_DOUBLINGS)
    return float(min(MAX_SECONDS, FIRST_SECONDS * 2**doublings))


def retry_delay(failures: int, retry_after: float | None = None) -> float:
    """A random delay in seconds: at least `retry_after`, which counts up to an hour."""
    drawn = random.uniform(MIN_SECONDS, max_delay(failures))  # noqa: S311 - no secret
    return max(drawn, min(retry_after or 0.0, MAX_SECONDS))
