"""PostgreSQL reads every page through an index on events.

Two rules hold for each statement of a page: with each filter, each pair of filters and all filters;
on the first, a middle and the last page; in both orders.

- Events are read through an index, within one organization, never with a Seq Scan.
- At most four pages of rows are sorted. If actors or types are merged, at most the number of these,
  or one page for each of a page of them. Within a network, at most the matching rows.
"""

import json
from collections.abc import Iterator
from typing import Any, NoReturn

import pytest
from django.http import QueryDict
from django.utils.http import urlencode

from activity.models import Event
from activity.reading.filters import EventFilter
from activity.reading.ordering import PAGE_SIZE, Cursor, Fetch, Order, Position
from activity.reading.planner import paths
from activity.reading.planner.costs import AccessPath
from activity.reading.query import LogQuery
from activity.reading.timeouts import QueryTimeout
from benchmarks import queries
from organizations.models import Organization
from tests.activity import plans_log
from tests.activity.plans import Plan, explained

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db]

LATEST = plans_log.LATEST
FETCHED = PAGE_SIZE + 1
FEW_ROWS = 4 * FETCHED
MIDDLE = Cursor(True, Position(LATEST - (LATEST - plans_log.EARLIEST) / 2, plans_log.EVENTS // 2))
PAGES = {"first": "", "middle": MIDDLE.encode(), "last": "end"}


@pytest.fixture
def _no_limits(settings, monkeypatch) -> None:
    """No time limits, so that a busy machine runs the same queries."""
    settings.PAGE_SECONDS = 60
    monkeypatch.setattr(paths, "SCAN_SECONDS", 60)


@pytest.fixture
def log(_no_limits) -> Organization:
    """The statistics are up to date."""
    organization = plans_log.plant()
    plans_log.analyze()
    return organization


@pytest.fixture
def new_log(_no_limits) -> Organization:
    """The log of an organization that joined after the statistics were made."""
    plans_log.plant_others()
    plans_log.analyze()
    return plans_log.plant_largest()


def plans_of(log: Organization, parameters: dict[str, str]) -> Iterator[tuple[str, LogQuery, Plan]]:
    """The plans of six pages: three positions in two orders."""
    for order in Order:
        for place, cursor in PAGES.items():
            text = urlencode(parameters | {"order": order, "p": cursor})
            query = LogQuery.for_operator(log, QueryDict(text))
            with explained() as plans:
                query.page()
            yield from ((f"{place} page, {order} first", query, plan) for plan in plans)


def most_sorted(query: LogQuery, plan: Plan) -> int:
    values = query.filterset.cleaned
    if "choice" in plan.sql:
        people = query.filterset.actors
        keys = people.count() if people is not None else len(query.filterset.codes or ())
        return max(FETCHED * FETCHED, keys)
    if values["ip"] or (values["q"] and not isinstance(values["q"], str)):
        return max(FEW_ROWS, query.events.count())
    return FEW_ROWS


def faults(log: Organization, filters: dict[str, dict[str, str]]) -> list[str]:
    """The violations of the rules. Filters that match no actor send no query about events."""
    found, number = [], 0
    for name, parameters in filters.items():
        for page, query, plan in plans_of(log, parameters):
            number += 1
            bound = most_sorted(query, plan)
            found += [f"{name}, {page}: {fault}\n{plan.sql}" for fault in plan.faults(bound)]
    assert number > 4 * len(filters)
    return found


def every_filter() -> dict[str, dict[str, str]]:
    return queries.singles(LATEST) | queries.pairs(LATEST) | queries.together(LATEST)


def of_people() -> dict[str, dict[str, str]]:
    """Queries whose plan depends on a sample: fragments of addresses that match an actor, alone and
    with other filters.
    """
    fragments = set(queries.FRAGMENTS) - {"fragment of nobody"}
    others = {"2 % type", "several types", "CIDR /24"}
    pairs = {f"{one} + {other}" for one in fragments for other in others}
    return {name: filters for name, filters in every_filter().items() if name in fragments | pairs}


def test_it_reads_pages_by_index(log):
    assert not (found := faults(log, every_filter())), "\n".join(found)


def test_it_reads_pages_by_index_without_statistics_of_the_organization(new_log):
    assert not (found := faults(new_log, every_filter())), "\n".join(found)


def test_it_expects_as_many_events_of_a_new_organization_as_of_others(new_log):
    """An index is chosen by the number of rows that the planner expects."""
    others = Organization.objects.exclude(pk=new_log.pk)
    expected = {
        json.loads(Event.objects.filter(organization=one).explain(format="json"))[0]["Plan"][
            "Plan Rows"
        ]
        for one in (new_log, *others)
    }
    assert len(expected) == 1
    assert expected.pop() > PAGE_SIZE


def test_it_reads_by_whichever_index_the_sample_advises(log, monkeypatch):
    fetcher_for = paths.fetcher_for
    for way in AccessPath:

        def take(filterset: EventFilter, way: AccessPath = way) -> Fetch:
            is_open = filterset.actors is not None and way in paths._candidates(filterset)
            return paths._by_path(filterset, way) if is_open else fetcher_for(filterset)

        monkeypatch.setattr(paths, "fetcher_for", take)
        assert not (found := faults(log, of_people())), "\n".join([way.name, *found])


def test_it_takes_a_sample_by_index(log, monkeypatch):
    scan = paths._scan

    def give_up(*_: Any) -> NoReturn:
        raise QueryTimeout

    monkeypatch.setattr(
        paths,
        "_scan",
        lambda filterset, events, seconds=None: give_up if seconds else scan(filterset, events),
    )
    assert not (found := faults(log, of_people())), "\n".join(found)


def test_it_merges_types_by_index(log, monkeypatch):
    monkeypatch.setattr(paths, "RARE_SHARE", 1)
    several = {"several types": queries.TYPES["several types"]}
    assert not (found := faults(log, several)), "\n".join(found)


def test_it_would_notice_a_broken_plan(log):
    with explained() as plans:
        list(Event.objects.filter(organization=log).order_by("client")[:FETCHED])
    (plan,) = plans
    assert plan.faults(FEW_ROWS) == [
        f"Sort of {plans_log.EVENTS} rows",
        "Bitmap Heap Scan of events: None",
    ]
