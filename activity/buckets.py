"""Token buckets in the database: rate limits that hold for all processes together.

A bucket holds `burst` tokens and gets one back every `interval` microseconds. It is stored as one
number, the time at which it is full again (the generic cell rate algorithm), and changed by one
conditional UPDATE. The time is the database's, in microseconds since 1970.
"""

import math
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import BigIntegerField, Case, Expression, F, Func, Q, QuerySet, When
from django.db.models.functions import Greatest

FULL_AT = "bucket_full_at"
MICROSECOND = timedelta(microseconds=1)
MAX_CLOCK_JUMP = timedelta(minutes=1)


class DatabaseMicroseconds(Func):
    """The database's clock. On PostgreSQL it is read again when an UPDATE has waited for a row."""

    output_field = BigIntegerField()
    template = "CAST((julianday('now') - 2440587.5) * 86400000000 AS INTEGER)"

    def as_postgresql(self, compiler: Any, connection: Any) -> Any:
        template = "(extract(epoch FROM clock_timestamp()) * 1000000)::bigint"
        return self.as_sql(compiler, connection, template=template)


def now() -> Expression:
    return DatabaseMicroseconds()


@dataclass(frozen=True, slots=True)
class Limit:
    """`burst` at once, and then one every `every`."""

    burst: int
    every: timedelta

    @property
    def interval(self) -> int:
        """In microseconds."""
        return self.every // MICROSECOND

    @property
    def span(self) -> int:
        """The time in which an empty bucket fills, in microseconds."""
        return self.interval * self.burst


def take(rows: QuerySet[Any], limit: Limit, **changes: Any) -> bool:
    """Take one token from the bucket of the only row of `rows`, and make `changes` to the row.

    A bucket that would be full later than any bucket can be was used before the clock was set
    back. It counts as full, so that such a jump does not close it for longer than a minute.
    """
    is_of_another_time = Q(bucket_full_at__gt=now() + limit.span + MAX_CLOCK_JUMP // MICROSECOND)
    has_token = Q(bucket_full_at__lte=now() + limit.span - limit.interval)
    begins_at = Case(When(is_of_another_time, then=now()), default=Greatest(F(FULL_AT), now()))
    taken = rows.filter(has_token | is_of_another_time).update(
        bucket_full_at=begins_at + limit.interval, **changes
    )
    return bool(taken)


def give_back(rows: QuerySet[Any], limit: Limit) -> None:
    """Put back the token that was taken last."""
    rows.update(bucket_full_at=F(FULL_AT) - limit.interval)


def wait(rows: QuerySet[Any], limit: Limit) -> int:
    """The seconds until the bucket has a token, at least 1."""
    missing = F(FULL_AT) - now() - (limit.span - limit.interval)
    microseconds = rows.values_list(missing, flat=True).first()
    return max(1, math.ceil((microseconds or 0) / 1_000_000))
