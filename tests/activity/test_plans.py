"""PostgreSQL reads pages by an index of events, whatever is asked.

Promised of every statement of a page, for each filter, each pair and all together, at the first, a
middle and the last page, in both orders:

- events are read by indexes, within one organization, never one after the other (Seq Scan);
- no more rows are sorted than make four pages; where people or types are merged, no more than there
  are of these, or a page of each of a page's; within networks, no more than match.
"""

from collections.abc import Iterator
from typing import Any, NoReturn

import pytest
from django.http import QueryDict
from django.utils.http import urlencode

from activity import paging
from activity.budget import OutOfTime
from activity.keyset import PAGE_SIZE, Cursor, Order, Position
from activity.log_query import LogQuery
from activity.models import Event
from benchmarks import questions
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
def log(settings, monkeypatch) -> Organization:
    """Without limits of time, so that a busy machine asks the same."""
    settings.PAGE_SECONDS = 60
    monkeypatch.setattr(paging, "SCAN_SECONDS", 60)
    monkeypatch.setattr(paging, "BROAD_SCAN_SECONDS", 60)
    return plans_log.plant()


def plans_of(log: Organization, parameters: dict[str, str]) -> Iterator[tuple[str, LogQuery, Plan]]:
    """The plans of six pages."""
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
    """What breaks the promise. Filters that can match nobody ask nothing about events."""
    found, number = [], 0
    for name, parameters in filters.items():
        for page, query, plan in plans_of(log, parameters):
            number += 1
            bound = most_sorted(query, plan)
            found += [f"{name}, {page}: {fault}\n{plan.sql}" for fault in plan.faults(bound)]
    assert number > 4 * len(filters)
    return found


def every_filter() -> dict[str, dict[str, str]]:
    return questions.singles(LATEST) | questions.pairs(LATEST) | questions.together(LATEST)


def test_it_reads_pages_by_index(log):
    assert not (found := faults(log, every_filter())), "\n".join(found)


def test_it_merges_by_index_when_scans_take_too_long(log, monkeypatch):
    def give_up(*_: Any) -> NoReturn:
        raise OutOfTime

    monkeypatch.setattr(paging, "RARE_SHARE", 1)
    is_merged = {**questions.FRAGMENTS, "several types": questions.TYPES["several types"]}
    del is_merged["fragment of nobody"]
    scan = paging._scan
    monkeypatch.setattr(
        paging, "_scan", lambda f, seconds: give_up if f.actors is not None else scan(f, seconds)
    )
    assert not (found := faults(log, is_merged)), "\n".join(found)


def test_it_would_notice_a_broken_plan(log):
    with explained() as plans:
        list(Event.objects.filter(organization=log).order_by("client")[:FETCHED])
    (plan,) = plans
    assert plan.faults(FEW_ROWS) == [
        f"Sort of {plans_log.EVENTS} rows",
        "Seq Scan of events: None",
    ]
