"""How the rows of a page are fetched. No single access path suits every filter.

A scan of the time index is fast if matches are dense. If they are rare, it would read the whole
log. So on PostgreSQL, if the query names people and a short scan does not find enough, a sample
of the events decides which index to read (`activity.reading.planner.costs`). The other filters
are then written so that PostgreSQL cannot use an index for them. For many people or types, the
newest events of each are read and merged. `docs/performance.md` has the measurements.
"""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import Prefetch, QuerySet
from django.db.models.expressions import RawSQL

from activity.event_types import BEYOND
from activity.models import Actor, Event
from activity.reading import histogram, ordering
from activity.reading.filters import ACTOR, EventFilter
from activity.reading.ordering import Fetch, Order, Position
from activity.reading.planner.costs import AccessPath, Selectivity, cheapest_path
from activity.reading.timeouts import FEW_ROWS, IN_ORDER, QueryTimeout, statement_timeout

MAX_MERGED_ACTORS = 200
RARE_SHARE = 0.1
SCAN_SECONDS = 0.02
SAMPLE_SIZE = 1000
ADDRESSES = ("q", "ip")


def fetcher_for(filterset: EventFilter) -> Fetch:
    """A function that fetches rows matching a valid `filterset`. It raises `QueryTimeout`."""
    if connections[filterset.queryset.db].vendor != "postgresql":
        return _time_index_first(filterset)
    if filterset.actors is not None:
        return _by_actors(filterset)
    if _is_by_address(filterset):
        return _by_address(filterset, filterset.qs)
    codes = filterset.codes or []
    if len(codes) > 1 and BEYOND not in codes and _type_share(filterset) < RARE_SHARE:
        events = filterset.ignoring_actors(ignore="event")
        return _merge(events, filterset, "event_type", codes)
    return _scan(filterset, filterset.in_order())


def _time_index_first(filterset: EventFilter) -> Fetch:
    """For databases without statistics on the density of matches, such as SQLite.

    Their planner would read and sort all events of a network or of several types. A short scan of
    the time index comes first.
    """
    as_planned = _scan(filterset, filterset.in_order())
    if not _is_by_address(filterset) and len(filterset.codes or []) < 2:
        return as_planned
    by_time = _by_path(filterset, AccessPath.TIME, SCAN_SECONDS)

    def fetch(order: Order, start: Position | None, count: int) -> list[Event]:
        try:
            return by_time(order, start, count)
        except QueryTimeout:
            return as_planned(order, start, count)

    return fetch


def _by_actors(filterset: EventFilter) -> Fetch:
    keys = filterset.actor_keys
    is_one_person = keys is not None and len(keys) == 1 and not _is_by_address(filterset)
    if is_one_person or keys == []:
        return _scan(filterset, filterset.in_order())
    is_narrow = _is_by_address(filterset) or _type_share(filterset) < RARE_SHARE
    if keys is not None and len(keys) <= MAX_MERGED_ACTORS and not is_narrow:
        return _by_path(filterset, AccessPath.ACTOR)

    return _SampledChoice(filterset)


@dataclass(slots=True)
class _SampledChoice:
    """Scan the time index for `SCAN_SECONDS`; if that times out, use the path that a sample
    shows to be cheapest.
    """

    filterset: EventFilter
    path: AccessPath | None = None

    def __call__(self, order: Order, start: Position | None, count: int) -> list[Event]:
        if self.path is None:
            try:
                by_time = _by_path(self.filterset, AccessPath.TIME, SCAN_SECONDS)
                return by_time(order, start, count)
            except QueryTimeout:
                selectivity = _sample(self.filterset, order, start)
                self.path = cheapest_path(selectivity, count, _candidates(self.filterset))
        return _by_path(self.filterset, self.path)(order, start, count)


def _by_path(filterset: EventFilter, path: AccessPath, seconds: float | None = None) -> Fetch:
    """Fetch the matches by one index. The other filters are tested on each event it finds."""
    match path:
        case AccessPath.TIME:
            events = filterset.in_order(residual=(*ADDRESSES, "event", ACTOR))
            return _scan(filterset, events, seconds)
        case AccessPath.ADDRESS:
            return _by_address(filterset, filterset.in_order(residual=("event", ACTOR)))
        case AccessPath.TYPE:
            events = filterset.in_order(ignore="event", residual=(*ADDRESSES, ACTOR))
            return _merge(events, filterset, "event_type", filterset.codes or [])
        case AccessPath.ACTOR:
            events = filterset.ignoring_actors(residual=(*ADDRESSES, "event"))
            return _merge(events, filterset, ACTOR, _all_actor_keys(filterset))


def _candidates(filterset: EventFilter) -> set[AccessPath]:
    candidates = {AccessPath.TIME, AccessPath.ACTOR}
    if _is_by_address(filterset):
        candidates.add(AccessPath.ADDRESS)
    if filterset.codes is not None and BEYOND not in filterset.codes:
        candidates.add(AccessPath.TYPE)
    return candidates


def _sample(filterset: EventFilter, order: Order, start: Position | None) -> Selectivity:
    """Measure the selectivity of each filter on the next `SAMPLE_SIZE` events of the period."""
    period = filterset.in_period()
    predicates = [filterset.predicate(name) for name in (ACTOR, *ADDRESSES)]
    sample = ordering.part(period, order, start, SAMPLE_SIZE).values_list(*predicates)
    with statement_timeout(settings.PAGE_SECONDS, using=period.db, planner=IN_ORDER):
        rows = list(sample)
    size = max(len(rows), 1)
    return Selectivity(
        events=filterset.head.size * _period_share(filterset),
        by_people=max(sum(bool(by_people) for by_people, *_ in rows), 0.5) / size,
        of_types=_type_share(filterset),
        from_addresses=max(sum(all(addresses) for _, *addresses in rows), 0.5) / size,
        people=len(_all_actor_keys(filterset)),
        types=len(filterset.codes or []),
    )


def _period_share(filterset: EventFilter) -> float:
    """The requested period, as a fraction of the time that the log covers."""
    head, values = filterset.head, filterset.cleaned
    whole = histogram.span(None, None, head.earliest, head.latest)
    part = histogram.span(values["since"], values["until"], head.earliest, head.latest)
    return (part[1] - part[0]) / (whole[1] - whole[0]) if part and whole else 0


def _type_share(filterset: EventFilter) -> float:
    """The events of the requested types, as a fraction of the log."""
    if filterset.codes is None:
        return 1
    counts = filterset.head.type_counts
    matching: int = sum(counts.get(code, 0) for code in filterset.codes)
    return matching / max(filterset.head.size, 1)


def _all_actor_keys(filterset: EventFilter) -> list[int]:
    if filterset.actor_keys is not None or filterset.actors is None:
        return filterset.actor_keys or []
    return list(filterset.actors.values_list("pk", flat=True))


def _is_by_address(filterset: EventFilter) -> bool:
    return bool(filterset.cleaned["ip"]) or not isinstance(filterset.cleaned["q"], str | None)


def _by_address(filterset: EventFilter, events: QuerySet[Event]) -> Fetch:
    """Find the sequence numbers in the index of IP addresses alone, then read their rows.

    A network may have a large part of the log: too many rows to read whole and sort.
    """

    def fetch(order: Order, start: Position | None, count: int) -> list[Event]:
        chosen = ordering.part(events, order, start, count).values("seq")
        shown = _with_actors(filterset, filterset.queryset.filter(seq__in=chosen))
        with statement_timeout(settings.PAGE_SECONDS, using=events.db, planner=FEW_ROWS):
            return list(ordering.ordered(shown, order))

    return fetch


def _scan(filterset: EventFilter, events: QuerySet[Event], seconds: float | None = None) -> Fetch:
    rows = _with_actors(filterset, events)

    def fetch(order: Order, start: Position | None, count: int) -> list[Event]:
        limit = settings.PAGE_SECONDS if seconds is None else seconds
        with statement_timeout(limit, using=events.db, planner=IN_ORDER):
            return list(ordering.part(rows, order, start, count))

    return fetch


def _merge(events: QuerySet[Event], filterset: EventFilter, column: str, keys: list[Any]) -> Fetch:
    """Merge the events of `keys`: find the newest event of each key, keep the `count` keys with
    the newest ones, and read up to `count` events of each.
    """
    events = events.filter(**{column: RawSQL("choice.key", ())})

    def fetch(order: Order, start: Position | None, count: int) -> list[Event]:
        array = "bigint[]" if column == "actor" else "text[]"
        direction = "DESC" if order is Order.NEWEST else "ASC"
        try:
            first, first_params = _select(ordering.part(events, order, start, 1))
            best, best_params = _select(ordering.part(events, order, start, count))
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
        """  # noqa: S608 - built from constants and Django's own SQL
        params = [keys, *first_params, count, *best_params, count]
        with statement_timeout(settings.PAGE_SECONDS, using=events.db, planner=FEW_ROWS):
            with connections[events.db].cursor() as cursor:
                cursor.execute(sql, params)
                sequence = [seq for (seq,) in cursor.fetchall()]
            found = _with_actors(filterset, filterset.queryset.filter(seq__in=sequence))
            rows = {event.seq: event for event in found}
        return [rows[seq] for seq in sequence]

    return fetch


def _select(events: QuerySet[Event]) -> tuple[str, tuple[Any, ...]]:
    return events.values_list("occurred_at", "seq").query.sql_with_params()


def _with_actors(filterset: EventFilter, events: QuerySet[Event]) -> QuerySet[Event]:
    """Read the actors afterwards, by their keys.

    With a join, and without statistics of the organization, PostgreSQL may begin with the actors,
    and read and sort the events of all of them.
    """
    actors = Actor.objects.filter(organization=filterset.head.organization)
    return events.prefetch_related(Prefetch("actor", actors))
