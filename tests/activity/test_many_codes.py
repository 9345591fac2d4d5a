"""A log in which somebody invents event codes: counts, filters and pages stay bounded and right."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.http import QueryDict
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from activity import event_types
from activity.event_types import BEYOND, EVENT_TYPES
from activity.models import Event, LogDay, LogHead
from activity.reading import filters
from activity.reading.facets.counting import summarize
from activity.reading.query import LogQuery
from activity.recording import daily_counts, record, type_counts
from tests.factories import OrganizationFactory, draft

pytestmark = pytest.mark.slow

LOG = "/admin/activity/event/"
START = datetime(2026, 11, 2, 8, tzinfo=UTC)
LIMIT = 50  # the registered codes and some more


@pytest.fixture
def few(monkeypatch):
    """A limit that a short log passes."""
    monkeypatch.setattr(type_counts, "MAX_COUNTED_CODES", LIMIT)


def store(organization, codes) -> None:
    record(
        organization,
        [
            draft(
                event_type=code, occurred_at=START + timedelta(minutes=10 * at), source_id=str(at)
            )
            for at, code in enumerate(codes)
        ],
    )


def codes_of(count: int) -> list[str]:
    return [f"made.up_{number}" for number in range(count)]


@pytest.fixture
def crowded(few, acme):
    """400 codes, of which `item.read` and the first of the others occur twice."""
    store(acme, ["item.read", *codes_of(400), "item.read", "made.up_0", "item.deleted"])
    return acme


def asked(organization, text: str = "") -> LogQuery:
    query = LogQuery.for_operator(organization, QueryDict(text))
    assert query.is_valid, query.errors
    return query


def test_it_counts_codes_up_to_the_limit(crowded):
    head = LogHead.objects.get()
    others = head.type_counts.keys() - EVENT_TYPES.codes() - {BEYOND}
    assert others == set(codes_of(LIMIT - 1))
    assert sum(head.type_counts.values()) == head.size == 404
    assert head.type_counts["item.read"] == head.type_counts["made.up_0"] == 2
    assert head.type_counts["item.deleted"] == 1
    for day in LogDay.objects.all():
        assert day.type_counts.keys() <= head.type_counts.keys()
        assert sum((Counter(hour) for hour in day.hours.values()), Counter()) == day.type_counts


def test_the_event_keeps_its_code(crowded):
    assert set(Event.objects.values_list("event_type", flat=True)) >= set(codes_of(400))


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    batches=st.lists(
        st.lists(st.sampled_from([*codes_of(8), "item.read", "vault.created"]), max_size=6),
        min_size=1,
        max_size=5,
    )
)
def test_counts_are_exact_for_each_code_or_for_all_others(monkeypatch, batches):
    monkeypatch.setattr(type_counts, "MAX_COUNTED_CODES", 4)
    head = LogHead()
    for batch in batches:
        type_counts.add(head, batch)
    true = Counter(code for batch in batches for code in batch)
    counted = {code: true[code] for code in head.type_counts if code != BEYOND}
    beyond = true.total() - sum(counted.values())
    assert {**counted, **({BEYOND: beyond} if BEYOND in head.type_counts else {})} == (
        head.type_counts
    )
    assert BEYOND in head.type_counts or not beyond
    assert len(head.type_counts.keys() - EVENT_TYPES.codes()) <= 5


QUERIES = [
    "",
    "event=item.read",
    "event=made.up_0",
    "event=made.up_399",
    "event=made.up_399,item.read",
    "event=other",
    "event=other,-made.up_0",
    "event=other,-made.up_399",
    "event=-item.read",
    "event=-made.up_399",
    "event=-other",
    "event=-item,-made.up_0",
    "event=item,made.up_398,-item.read",
    "event=other&user=dana@acme.example",
    "event=other&ip=203.0.113.0/24",
    "event=made.up_398,made.up_399&q=dana",
    "event=other&since=2026-11-03&until=2026-11-03",
]


def oracle(text: str) -> list[str]:
    """The codes that `text` lists, of the events of `crowded`, by the words of the grammar."""
    parameters = QueryDict(text)
    values = parameters.get("event", "").split(",") if "event" in parameters else []
    chosen = [value for value in values if not value.startswith("-")]
    dropped = [value[1:] for value in values if value.startswith("-")]

    def names(value: str, code: str) -> bool:
        category = "item" if code.startswith("item.") else "other"
        return value in (code, category)

    found = []
    for event in Event.objects.order_by("occurred_at", "seq"):
        code = event.event_type
        day = event.occurred_at + timedelta(hours=1)  # in Zurich, in November
        if "since" in parameters and f"{day:%Y-%m-%d}" != parameters["since"]:
            continue
        if chosen and not any(names(value, code) for value in chosen):
            continue
        if not any(names(value, code) for value in dropped):
            found.append(code)
    return found


@pytest.mark.parametrize("text", QUERIES)
def test_filters_find_every_code(crowded, text):
    expected = oracle(text)
    query = asked(crowded, text)
    listed = query.events.order_by("occurred_at", "seq").values_list("event_type", flat=True)
    assert list(listed) == expected
    assert [row.event_type for row in query.page().rows] == expected[::-1][:50]
    summary = summarize(query)
    assert summary.total == len(expected)
    named = query.filterset.cleaned["event"]
    for code in named.included if named and named.included else ():
        if code in summary.type_counts and code != BEYOND:
            assert summary.type_counts[code] == oracle(f"event={code}").count(code)


def test_an_unknown_code_is_an_error_as_ever(crowded):
    query = LogQuery.for_operator(crowded, QueryDict("event=made.up_400"))
    assert not query.is_valid
    assert not LogQuery.for_operator(crowded, QueryDict("event=-")).is_valid


def test_counting_all_days_once_more_gives_the_same(crowded):
    before = list(LogDay.objects.order_by("day").values_list("day", "type_counts", "hours"))
    daily_counts.recount(LogHead.objects.get())
    assert list(LogDay.objects.order_by("day").values_list("day", "type_counts", "hours")) == before


def test_a_code_registered_later_is_found(crowded):
    late = event_types.EventType(
        "made.up_399", "Late", event_types.ITEM, event_types.Level.CHANGE, "Late."
    )
    event_types.EVENT_TYPES.register(late)
    try:
        assert asked(crowded, "event=made.up_399").events.count() == 1
        assert asked(crowded, "event=item").events.count() == 4
        assert asked(crowded, "event=-item").events.count() == 400
        assert summarize(asked(crowded, "event=item")).total == 4
    finally:
        event_types.EVENT_TYPES.unregister("made.up_399")


# The page


def test_the_page_shows_the_most_frequent_and_a_search(acme, as_alice):
    store(acme, ["made.up_299", *codes_of(300)])
    page = as_alice.get(LOG)
    panel = page.context["cl"].event_panel
    (other,) = [group for group in panel.groups if group.category.code == "other"]
    assert len(other.options) == 200
    assert "made.up_299" in {option.code for option in other.options}
    assert (panel.more, other.count) == (100, 301)
    assert "100 more types" in page.content.decode()
    assert len(page.content) < 250_000


def test_the_page_of_a_log_of_old_is_bounded(acme, as_alice):
    store(acme, ["item.read"])
    counts = {f"{'x' * 90}{number}": 1 for number in range(60_000)}
    LogHead.objects.update(type_counts=counts)
    page = as_alice.get(f"{LOG}?event={'x' * 90}7")
    assert page.status_code == 200
    assert len(page.content) < 250_000
    assert len(as_alice.get(f"{LOG}types/").content) < 250_000


def test_a_category_that_is_not_shown_whole_stays_one_value(acme, as_alice):
    store(acme, codes_of(300))
    panel = as_alice.get(f"{LOG}?event=other,made.up_3").context["cl"].event_panel
    assert panel.hidden == ["other"]
    checked = [
        option.code for group in panel.groups for option in group.options if option.is_checked
    ]
    assert checked == ["made.up_3"]
    assert as_alice.get(f"{LOG}?event=other").context["cl"].event_panel.summary == "Other events"


def test_the_search_finds_types(acme, as_alice):
    store(acme, ["item.read", *codes_of(300), "made.up_7"])

    def found(text: str) -> list[tuple[str, int | None]]:
        page = as_alice.get(f"{LOG}types/", {"find": text, "q": "dana"})
        return [(one.event_type.code, one.count) for one in page.context["search"].found]

    assert found("UP_7")[:2] == [("made.up_7", 2), ("made.up_70", 1)]
    assert found("Item Rea") == [("item.read", 1)]
    assert found("nothing") == []
    assert len(found("")) == 200
    page = as_alice.get(f"{LOG}types/", {"find": "up_29", "q": "dana"}).content.decode()
    assert f'href="{LOG}?q=dana&amp;event=made.up_299"' in page


def test_the_search_finds_codes_that_are_counted_together(crowded, as_alice):
    search = as_alice.get(f"{LOG}types/", {"find": "made.up_398"}).context["search"]
    assert [(one.event_type.code, one.count) for one in search.found] == [("made.up_398", None)]
    assert search.beyond == LogHead.objects.get().type_counts[BEYOND]
    assert as_alice.get(search.found[0].url).context["cl"].result_count == 1


def test_the_search_has_the_access_of_the_log(acme, birch, client, support, charlie, bob):
    store(acme, codes_of(3))
    for user, status in ((support, 403), (charlie, 403), (bob, 403)):
        client.force_login(user)
        response = client.get(f"{LOG}types/", {"organization": "acme"})
        assert response.status_code in (status, 302)
        assert "made.up" not in response.content.decode()


# Logs of old


def test_logs_of_old_are_folded(few, acme, monkeypatch):
    migration = import_module("activity.migrations.0004_fold_event_codes")
    others = OrganizationFactory()
    monkeypatch.setattr(type_counts, "MAX_COUNTED_CODES", 10**9)
    store(acme, ["made.up_300", *codes_of(301), "item.read"])
    store(others, codes_of(5))
    before = list(LogHead.objects.filter(organization=others).values())
    monkeypatch.setattr(migration, "MAX_COUNTED_CODES", LIMIT)
    migration.fold(apps, None)
    head = LogHead.objects.get(organization=acme)
    assert len(head.type_counts) == LIMIT + 1
    assert head.type_counts["made.up_300"] == 2
    assert sum(head.type_counts.values()) == head.size == 303
    days = list(LogDay.objects.filter(organization=acme))
    assert sum((Counter(day.type_counts) for day in days), Counter()) == Counter(head.type_counts)
    assert list(LogHead.objects.filter(organization=others).values()) == before
    assert asked(acme, "event=made.up_200").events.count() == 1
    assert summarize(asked(acme, "event=other")).total == 302
    assert filters.has_code(head, "made.up_200")
