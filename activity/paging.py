"""How the rows of a page are fetched. No one plan suits every filter.

A scan of the time index is good when matches are dense. When they are rare, it would read the whole
log; there, PostgreSQL reads the newest events of each person or type from that one's index, and
merges them. Both are measured in `docs/performance.md`.
"""

from typing import Any

from django.conf import settings
from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from activity import keyset
from activity.budget import OutOfTime, time_budget
from activity.filters import EventFilter
from activity.keyset import Order, Position, Take
from activity.models import Actor, Event

FEW_ACTORS = 200
RARE_SHARE = 0.1
SCAN_SECONDS = 0.02
BROAD_SCAN_SECONDS = 0.1


def taker(filterset: EventFilter) -> Take:
    """The way to fetch what a valid `filterset` matches. It raises `OutOfTime`."""
    if connections[filterset.queryset.db].vendor != "postgresql":
        return _scan(filterset, settings.PAGE_SECONDS)
    if filterset.actors is not None:
        return _by_actors(filterset, filterset.actors)
    if filterset.cleaned["q"] or filterset.cleaned["ip"]:
        return _by_address(filterset)
    codes = filterset.codes or []
    if len(codes) > 1 and _share(filterset, codes) < RARE_SHARE:
        events = filterset.by_anybody(ignore="event")
        return _merge(events, filterset, "event_type", codes)
    return _scan(filterset, settings.PAGE_SECONDS)


def _by_actors(filterset: EventFilter, actors: QuerySet[Actor]) -> Take:
    keys = filterset.actor_keys
    if keys is not None and len(keys) <= 1:
        return _scan(filterset, settings.PAGE_SECONDS)
    if keys is not None and len(keys) <= FEW_ACTORS:
        return _merge(filterset.by_anybody(), filterset, "actor", keys)

    # The more people are meant, the likelier a scan meets them, and the longer a merge takes.
    seconds = BROAD_SCAN_SECONDS if keys is None else SCAN_SECONDS

    def take(order: Order, start: Position | None, count: int) -> list[Event]:
        try:
            return _scan(filterset, seconds)(order, start, count)
        except OutOfTime:
            every_key = list(actors.values_list("pk", flat=True))
            merge = _merge(filterset.by_anybody(), filterset, "actor", every_key)
            return merge(order, start, count)

    return take


def _by_address(filterset: EventFilter) -> Take:
    """First which events, from the index of addresses alone, and then their rows.

    A network that is no small part of the log has too many events to read whole and sort.
    """
    events = filterset.qs

    def take(order: Order, start: Position | None, count: int) -> list[Event]:
        chosen = keyset.part(events, order, start, count).values("seq")
        shown = _with_actors(filterset, filterset.queryset.filter(seq__in=chosen))
        with time_budget(settings.PAGE_SECONDS, using=events.db, is_page=True):
            return list(keyset.ordered(shown, order))

    return take


def _share(filterset: EventFilter, codes: list[str]) -> float:
    """The share that these types have in the log."""
    counts = filterset.head.type_counts
    return sum(counts[code] for code in codes) / max(filterset.head.size, 1)


def _scan(filterset: EventFilter, seconds: float) -> Take:
    events = _with_actors(filterset, filterset.scanned())

    def take(order: Order, start: Position | None, count: int) -> list[Event]:
        with time_budget(seconds, using=events.db, is_page=True):
            return list(keyset.part(events, order, start, count))

    return take


def _merge(events: QuerySet[Event], filterset: EventFilter, column: str, keys: list[Any]) -> Take:
    """First the newest event of each of `keys`, then all that is needed of the best of them."""
    events = events.filter(**{column: RawSQL("choice.key", ())})

    def take(order: Order, start: Position | None, count: int) -> list[Event]:
        array = "bigint[]" if column == "actor" else "text[]"
        direction = "DESC" if order is Order.NEWEST else "ASC"
        try:
            first, first_params = _select(keyset.part(events, order, start, 1))
            best, best_params = _select(keyset.part(events, order, start, count))
        except EmptyResultSet:
            return []
        sql = f"""
            WITH best AS (
                SELECT choice.key FROM unnest(%s::{array}) AS choice(key)
                CROSS JOIN LATERAL ({first}) AS event(occurred_at, seq)
                ORDER BY event.occurred_at {direction}, event.seq {direction} LIMIT %s
            )
            SELECT event.seq FROM best AS choice
            CROSS JOIN LATERAL ({best}) AS event(occurred_at, seq)
            ORDER BY event.occurred_at {direction}, event.seq {direction} LIMIT %s
        """  # noqa: S608 - made of our own SQL alone
        params = [keys, *first_params, count, *best_params, count]
        with time_budget(settings.PAGE_SECONDS, using=events.db, is_page=True):
            with connections[events.db].cursor() as cursor:
                cursor.execute(sql, params)
                sequence = [seq for (seq,) in cursor.fetchall()]
            found = _with_actors(filterset, filterset.queryset.filter(seq__in=sequence))
            rows = {event.seq: event for event in found}
        return [rows[seq] for seq in sequence]

    return take


def _select(events: QuerySet[Event]) -> tuple[str, tuple[Any, ...]]:
    return events.values_list("occurred_at", "seq").query.sql_with_params()


def _with_actors(filterset: EventFilter, events: QuerySet[Event]) -> QuerySet[Event]:
    """Joined to their actors, with the organization fixed on both sides."""
    organization = filterset.head.organization
    return events.filter(actor__organization=organization).select_related("actor")
