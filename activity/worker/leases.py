"""Leases: the right of one worker to change one row, for a limited time.

A worker acquires a lease with one conditional UPDATE, which stores a new token and an end time in
the row. Every later UPDATE of that worker requires the token. A worker that lost its lease because
it was slow or was stopped can therefore change nothing. The lease of a killed worker expires.
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar

from django.db.models import Model, Q, QuerySet
from django.utils import timezone

M = TypeVar("M", bound=Model)


class LeaseLost(Exception):  # noqa: N818 - reads as what it is: `except LeaseLost`
    """Another worker took the row, or it was changed or deleted in the meantime."""


@dataclass(frozen=True, slots=True)
class LeaseFields:
    """The fields of a model that hold its lease, and how long a lease lasts."""

    token: str
    until: str
    duration: Callable[[], timedelta]

    def end(self) -> datetime:
        """When a lease that starts now expires."""
        return timezone.now() + self.duration()

    def has_expired(self, now: datetime) -> Q:
        return Q(**{f"{self.until}__lte": now})


@dataclass(frozen=True, slots=True)
class Lease(Generic[M]):
    """A lease on `row`, which holds the values that this worker read last."""

    row: M
    token: uuid.UUID
    fields: LeaseFields

    @property
    def held(self) -> QuerySet[M]:
        """The row while this lease holds it; empty once the lease is lost."""
        rows: QuerySet[M] = type(self.row)._default_manager.all()  # noqa: SLF001 - public in Django
        return rows.filter(pk=self.row.pk, **{self.fields.token: self.token})

    def update(self, *conditions: Q, **changes: Any) -> None:
        """Change the row if `conditions` hold. Raises `LeaseLost`."""
        if not self.held.filter(*conditions).update(**changes):
            raise LeaseLost

    def extend(self, *conditions: Q, **changes: Any) -> None:
        """Restart the time of the lease and change the row. Raises `LeaseLost`."""
        self.update(*conditions, **{self.fields.until: self.fields.end()}, **changes)


def acquire(row: M, fields: LeaseFields, *conditions: Q, **changes: Any) -> uuid.UUID | None:
    """Lease `row` if `conditions` hold, and change it. Returns the token, or None.

    An UPDATE that had to wait for another one checks its conditions again on the new values of the
    row, so two workers never acquire the same row. `row` is reloaded.
    """
    token = uuid.uuid4()
    rows = type(row)._default_manager  # noqa: SLF001 - public in Django
    free = rows.filter(*conditions, pk=row.pk)
    if not free.update(**{fields.token: token, fields.until: fields.end()}, **changes):
        return None
    row.refresh_from_db()
    return token
