"""How the rows of a page are fetched. No one plan suits every filter.

A scan of the time index is good when matches are dense. When they are rare, it would read the
whole log. So on PostgreSQL, when people are asked for and a scan finds too little at once, a sample
of the events tells which index to read (`activity.reading.planner.costs`), and the other filters are said so that
no other index is tempting. Of many people or types, the newest events of each are read and merged.
`docs/performance.md` has the measurements.
"""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from activity.models import Event
from activity.reading import histogram, ordering
from activity.reading.filters import ACTOR, EventFilter
from activity.reading.ordering import Order, Position, Take
from activity.reading.planner.costs import Shares, Way, cheapest
from activity.reading.timeouts import OutOfTime, time_budget

FEW_ACTORS = 200
RARE_SHARE = 0.1
SCAN_SECONDS = 0.02
SAMPLE_SIZE = 1000
ADDRESSES = ("q", "ip")


def taker(filterset: EventFilter) -> Take:
    """The way to fetch what a valid `filterset` matches. It raises `OutOfTime`."""
    if connections[filterset.queryset.db].vendor != "postgresql":
        return _by_guess(filterset)
    if filterset.actors is not None:
        return _by_actors(filterset)
    if _is_by_address(filterset):
        return _by_address(filterset, filterset.qs)
    codes = filterset.codes or []
    if len(codes) > 1 and _share(filterset) < RARE_SHARE:
        events = filterset.by_anybody(ignore="event")
        return _merge(events, filterset, "event_type", codes)
    return _scan(filterset, filterset.scanned())


def _by_guess(filterset: EventFilter) -> Take:
    """Where the planner knows nothing of how dense matches are: it would read and sort all that a
    network or several types have. These are looked for by time first, for a moment.
    """
    as_planned = _scan(filterset, filterset.scanned())
    if not _is_by_address(filterset) and len(filterset.codes or []) < 2:
        return as_planned
    by_time = _take(filterset, Way.TIME, SCAN_SECONDS)

    def take(order: Order, start: Position | None, count: int) -> list[Event]:
        try:
            return by_time(order, start, count)
        except OutOfTime:
            return as_planned(order, start, count)

    return take


def _by_actors(filterset: EventFilter) -> Take:
    keys = filterset.actor_keys
    is_one_persons = keys is not None and len(keys) == 1 and not _is_by_address(filterset)
    if is_one_persons or keys == []:
        return _scan(filterset, filterset.scanned())
    is_narrow = _is_by_address(filterset) or _share(filterset) < RARE_SHARE
    if keys is not None and len(keys) <= FEW_ACTORS and not is_narrow:
        return _take(filterset, Way.ACTOR)

    return _Choice(filterset)


@dataclass(slots=True)
class _Choice:
    """A scan by time; when that does not find enough at once, the way that a sample advises."""

    filterset: EventFilter
    way: Way | None = None

    def __call__(self, order: Order, start: Position | None, count: int) -> list[Event]:
        if self.way is None:
            try:
                return _take(self.filterset, Way.TIME, SCAN_SECONDS)(order, start, count)
            except OutOfTime:
                shares = _sampled(self.filterset, order, start)
                self.way = cheapest(shares, count, _ways(self.filterset))
        return _take(self.filterset, self.way)(order, start, count)


def _take(filterset: EventFilter, way: Way, seconds: float | None = None) -> Take:
    """What `filterset` matches, found by one index; the other filters are tested on each event."""
    match way:
        case Way.TIME:
            return _scan(filterset, filterset.scanned(tested=(*ADDRESSES, "event", ACTOR)), seconds)
        case Way.ADDRESS:
            return _by_address(filterset, filterset.scanned(tested=("event", ACTOR)))
        case Way.TYPE:
            events = filterset.scanned(ignore="event", tested=(*ADDRESSES, ACTOR))
            return _merge(events, filterset, "event_type", filterset.codes or [])
        case Way.ACTOR:
            events = filterset.by_anybody(tested=(*ADDRESSES, "event"))
            return _merge(events, filterset, ACTOR, _every_key(filterset))


def _ways(filterset: EventFilter) -> set[Way]:
    ways = {Way.TIME, Way.ACTOR}
    if _is_by_address(filterset):
        ways.add(Way.ADDRESS)
    if filterset.codes is not None:
        ways.add(Way.TYPE)
    return ways


def _sampled(filterset: EventFilter, order: Order, start: Position | None) -> Shares:
    """What share of the next events, whatever they are, passes each filter."""
    everything = filterset.by_period()
    answers = [filterset.holds(name) for name in (ACTOR, *ADDRESSES)]
    sample = ordering.part(everything, order, start, SAMPLE_SIZE).values_list(*answers)
    with time_budget(settings.PAGE_SECONDS, using=everything.db, is_page=True):
        rows = list(sample)
    size = max(len(rows), 1)
    return Shares(
        events=filterset.head.size * _part_of_time(filterset),
        by_people=max(sum(bool(by_people) for by_people, *_ in rows), 0.5) / size,
        of_types=_share(filterset),
        from_addresses=max(sum(all(addresses) for _, *addresses in rows), 0.5) / size,
        people=len(_every_key(filterset)),
        types=len(filterset.codes or []),
    )


def _part_of_time(filterset: EventFilter) -> float:
    """How much of the log's time is asked for."""
    head, values = filterset.head, filterset.cleaned
    whole = histogram.span(None, None, head.earliest, head.latest)
    part = histogram.span(values["since"], values["until"], head.earliest, head.latest)
    return (part[1] - part[0]) / (whole[1] - whole[0]) if part and whole else 0


def _every_key(filterset: EventFilter) -> list[int]:
    if filterset.actor_keys is not None or filterset.actors is None:
        return filterset.actor_keys or []
    return list(filterset.actors.values_list("pk", flat=True))


def _is_by_address(filterset: EventFilter) -> bool:
    return bool(filterset.cleaned["ip"]) or not isinstance(filterset.cleaned["q"], str | None)


def _by_address(filterset: EventFilter, events: QuerySet[Event]) -> Take:
    """First which events, from the index of addresses alone, and then their rows.

    A network that is no small part of the log has too many events to read whole and sort.
    """

    def take(order: Order, start: Position | None, count: int) -> list[Event]:
        chosen = ordering.part(events, order, start, count).values("seq")
        shown = _with_actors(filterset, filterset.queryset.filter(seq__in=chosen))
        with time_budget(settings.PAGE_SECONDS, using=events.db, is_page=True):
            return list(ordering.ordered(shown, order))

    return take


def _share(filterset: EventFilter) -> float:
    """The share that the types asked for have in the log."""
    if filterset.codes is None:
        return 1
    counts = filterset.head.type_counts
    return sum(counts[code] for code in filterset.codes) / max(filterset.head.size, 1)


def _scan(filterset: EventFilter, events: QuerySet[Event], seconds: float | None = None) -> Take:
    rows = _with_actors(filterset, events)

    def take(order: Order, start: Position | None, count: int) -> list[Event]:
        limit = settings.PAGE_SECONDS if seconds is None else seconds
        with time_budget(limit, using=events.db, is_page=True):
            return list(ordering.part(rows, order, start, count))

    return take


def _merge(events: QuerySet[Event], filterset: EventFilter, column: str, keys: list[Any]) -> Take:
    """First the newest event of each of `keys`, then all that is needed of the best of them."""
    events = events.filter(**{column: RawSQL("choice.key", ())})

    def take(order: Order, start: Position | None, count: int) -> list[Event]:
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
