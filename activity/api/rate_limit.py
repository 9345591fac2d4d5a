"""The rate limit of a key: a token bucket in the database, shared by all processes.

The bucket holds `API_RATE_PER_MINUTE` requests and refills evenly. It is stored as one number, the
time at which it is full again (the generic cell rate algorithm), and changed by one conditional
UPDATE.
"""

import math
import time
from datetime import timedelta

from django.conf import settings
from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Greatest
from django.utils import timezone

from activity.api.models import ApiKey

MICROSECONDS_PER_MINUTE = 60_000_000
LAST_USED_PRECISION = timedelta(minutes=1)


def microseconds() -> int:
    """The current time of `bucket_full_at`: microseconds since 1970."""
    return time.time_ns() // 1000


def take(key: ApiKey) -> int:
    """Count one request and update `last_used_at`. Return 0, or the seconds to wait.

    A request that has to wait is not counted.
    """
    interval: int = MICROSECONDS_PER_MINUTE // settings.API_RATE_PER_MINUTE
    now = microseconds()
    latest = now + MICROSECONDS_PER_MINUTE - interval
    is_taken = ApiKey.objects.filter(pk=key.pk, bucket_full_at__lte=latest).update(
        bucket_full_at=Greatest(F("bucket_full_at"), Value(now)) + interval,
        last_used_at=_last_used(),
    )
    if is_taken:
        return 0
    full_at: int = ApiKey.objects.values_list("bucket_full_at", flat=True).get(pk=key.pk)
    return max(1, math.ceil((full_at - latest) / 1_000_000))


def _last_used() -> Case:
    """Update the time at most once a minute."""
    now = timezone.now()
    is_old = Q(last_used_at=None) | Q(last_used_at__lt=now - LAST_USED_PRECISION)
    return Case(When(is_old, then=Value(now)), default=F("last_used_at"))
