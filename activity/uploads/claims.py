"""Which worker runs which import, so that none runs twice at a time and none is forgotten.

A claim is a lease (`activity.worker.leases`). It lasts for `LEASE` plus the longest delivery, which
may take place between two turns, and every save under it extends it. The claim of a worker that
died expires, and another worker starts the import again.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from activity.uploads.models import ImportJob, Status
from activity.worker.leases import Lease, LeaseFields, acquire

LEASE = timedelta(minutes=2)
MAX_ATTEMPTS = 5


def _duration() -> timedelta:
    return LEASE + timedelta(seconds=settings.DELIVERY_TIMEOUT)


FIELDS = LeaseFields("claim", "claimed_until", _duration)
IS_RUNNING = Q(status=Status.RUNNING)


@dataclass(frozen=True, slots=True)
class Claim(Lease[ImportJob]):
    """The right of this worker to run one import."""

    @property
    def job(self) -> ImportJob:
        return self.row

    def save(self, **changes: Any) -> None:
        """Change the job and extend the claim. Raises `LeaseLost`.

        A transaction that is rolled back undoes both.
        """
        self.extend(IS_RUNNING, **changes)

    def give_back(self) -> None:
        """Put the import back into the queue. Raises `LeaseLost`."""
        self.update(IS_RUNNING, status=Status.QUEUED, claim=None, attempts=F("attempts") - 1)

    def finish(self, status: Status, **changes: Any) -> None:
        """End the import. Raises `LeaseLost`."""
        self.update(IS_RUNNING, status=status, claim=None, finished_at=timezone.now(), **changes)


def take() -> Claim | None:
    """Claim the import that has waited longest. None when no import is waiting."""
    while _free().exists():
        claim = _take_next()
        if claim is None or claim.job.attempts <= MAX_ATTEMPTS:
            return claim
        message = _(
            "The import was interrupted %(count)d times and was given up. Stored events stay in "
            "the log. Start the import again, or ask the operator of the site."
        )
        claim.finish(Status.FAILED, error=message % {"count": MAX_ATTEMPTS})
    return None


def _free() -> QuerySet[ImportJob]:
    return ImportJob.objects.filter(_is_free())


def _is_free() -> Q:
    return Q(status=Status.QUEUED) | IS_RUNNING & FIELDS.has_expired(timezone.now())


@transaction.atomic
def _take_next() -> Claim | None:
    """Skips rows that another worker has locked: it may be storing a large chunk."""
    can_skip = connection.features.has_select_for_update_skip_locked
    free = _free().select_for_update(skip_locked=can_skip)
    job = free.order_by("queued_at", "pk").first()
    if job is None:
        return None
    token = acquire(
        job,
        FIELDS,
        _is_free(),
        status=Status.RUNNING,
        started_at=Coalesce(F("started_at"), timezone.now()),
        attempts=F("attempts") + 1,
        bytes_read=0,
    )
    return Claim(job, token, FIELDS) if token else None
