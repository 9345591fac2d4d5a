"""Which worker is at which import, so that none is done twice at a time and none is forgotten.

A claim lasts for `LEASE` and the longest delivery, which may come between two turns, and is renewed
by whatever is saved under it. A worker that dies leaves one behind that runs out; one that lost its
claim can change nothing any more.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from activity.uploads.models import ImportJob, Status

LEASE = timedelta(minutes=2)
MAX_ATTEMPTS = 5


class ClaimLost(Exception):  # noqa: N818 - reads as what it is: `except ClaimLost`
    """Somebody cancelled the import, or another worker took it over."""


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to work at `job`."""

    job: ImportJob
    token: uuid.UUID

    def save(self, **changes: Any) -> None:
        """Change the job, and hold it anew. Raises `ClaimLost`.

        Inside of a transaction that is then rolled back, nothing of it is stored.
        """
        self._change(claimed_until=_end_of_claim(), **changes)

    def give_back(self) -> None:
        """Let another worker begin it again."""
        self._change(status=Status.QUEUED, claim=None, attempts=F("attempts") - 1)

    def finish(self, status: Status, **changes: Any) -> None:
        """End the work. Raises `ClaimLost`."""
        self._change(status=status, claim=None, finished_at=timezone.now(), **changes)

    def _change(self, **changes: Any) -> None:
        mine = ImportJob.objects.filter(pk=self.job.pk, status=Status.RUNNING, claim=self.token)
        if not mine.update(**changes):
            raise ClaimLost


def take() -> Claim | None:
    """The import that has waited longest and that nobody is at, if there is one."""
    while _free().exists():
        claim = _take_next()
        if claim is None or claim.job.attempts <= MAX_ATTEMPTS:
            return claim
        message = _(
            "It was interrupted %(count)d times and was given up. What is stored stays. Start it "
            "again, or ask whoever operates the site."
        )
        claim.finish(Status.FAILED, error=message % {"count": MAX_ATTEMPTS})
    return None


def _end_of_claim() -> datetime:
    return timezone.now() + LEASE + timedelta(seconds=settings.DELIVERY_TIMEOUT)


def _free() -> Any:
    is_forgotten = Q(status=Status.RUNNING, claimed_until__lt=timezone.now())
    return ImportJob.objects.filter(Q(status=Status.QUEUED) | is_forgotten)


@transaction.atomic
def _take_next() -> Claim | None:
    can_skip = connection.features.has_select_for_update_skip_locked
    free = _free().select_for_update(skip_locked=can_skip)
    job = free.order_by("queued_at", "pk").first()
    if job is None:
        return None
    job.status = Status.RUNNING
    job.claim = uuid.uuid4()
    job.claimed_until = _end_of_claim()
    job.started_at = job.started_at or timezone.now()
    job.attempts += 1
    job.bytes_read = 0
    job.save(
        update_fields=[
            "status", "claim", "claimed_until", "started_at", "attempts", "bytes_read"
        ]
    )  # fmt: skip
    return Claim(job, job.claim)
