"""A filter is one declaration: pages, exports, API, counts and docs derive from it."""

import csv
import io
import json
import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db.models import Q
from django.http import QueryDict

from activity.delivery.models import Destination
from activity.event_types import CATEGORIES
from activity.reading import feed, filter_values
from activity.reading.facets import daily_counts
from activity.reading.facets.counting import summarize
from activity.reading.filter_fields import LogFilter
from activity.reading.filters import (
    ORGANIZATION,
    ORGANIZATION_HELP,
    EventFilter,
    declared_filters,
    parameters_without_effect,
)
from activity.reading.query import LogQuery
from activity.recording import record
from tests.api.conftest import bearer, issue
from tests.factories import draft

LOG = "/admin/activity/event/"
DOCUMENT = Path(__file__).parents[2] / "docs/filters.md"
QUERY = "vault=v1,-v2"


def in_vaults(_filterset, values) -> Q:
    excluded = {value[1:] for value in values if value.startswith("-")}
    return Q(vault_id__in=set(values) - excluded) & ~Q(vault_id__in=excluded)


@pytest.fixture
def vault(monkeypatch) -> LogFilter:
    """An additional filter, declared only here."""
    declared = LogFilter(
        label="Vault",
        help="these vault IDs",
        parse=lambda text, _head: filter_values.split_list(text),
        condition=in_vaults,
        is_list=True,
        can_exclude=True,
    )
    monkeypatch.setitem(EventFilter.base_filters, "vault", declared)
    return declared


@pytest.fixture
def log(acme, db):
    """36 events over several days: 12 in the vault `v1`, 12 in `v2` and 12 without a vault."""
    start = draft().occurred_at
    record(
        acme,
        [
            draft(
                occurred_at=start - timedelta(days=number),
                vault_id=("v1", "v2", "")[number % 3],
                item_id=str(number),
            )
            for number in range(36)
        ],
    )
    return acme


@pytest.fixture
def asked(log) -> LogQuery:
    return LogQuery.for_operator(log, QueryDict(QUERY))


def test_it_lists_what_a_further_filter_selects(vault, asked):
    assert {event.vault_id for event in asked.page().rows} == {"v1"}
    assert asked.events.count() == 12


def test_it_shows_a_chip_for_each_value_of_a_further_filter(vault, log, as_alice):
    view = as_alice.get(f"{LOG}?{QUERY}").context["cl"]
    assert [(str(chip.key), chip.value, chip.remove_url) for chip in view.chips] == [
        ("Vault", "v1", f"{LOG}?vault=-v2"),
        ("Not Vault", "v2", f"{LOG}?vault=v1"),
    ]
    assert view.clear_url == LOG
    assert ("vault", "v1,-v2") in view.hidden_fields
    assert view.result_count == 12


def test_it_joins_the_values_of_a_further_filter_in_a_form(vault, log, as_alice):
    response = as_alice.get(f"{LOG}apply/?vault=v1&vault=-v2&vault=-v1")
    assert response["Location"] == f"{LOG}?{QUERY}"


def test_it_refuses_a_further_filter_where_none_is_declared(log, as_alice):
    assert as_alice.get(f"{LOG}export/?{QUERY}").status_code == 400


def test_it_exports_what_a_further_filter_selects(vault, log, as_alice, tmp_path):
    content = b"".join(as_alice.get(f"{LOG}export/?{QUERY}").streaming_content)
    output = tmp_path / "events.csv"
    call_command("export_events", organization=log.slug, filter=QUERY, output=str(output))
    for text in (content.decode(), output.read_bytes().decode()):
        rows = list(csv.DictReader(io.StringIO(text, newline="")))
        assert [row["Vault ID"] for row in rows] == ["v1"] * 12


@pytest.mark.parametrize("mode", ["", "&cursor="])
def test_it_answers_the_api_with_a_further_filter(vault, log, mode):
    answer = bearer(issue(log)).get(f"/api/v1/events?{QUERY}{mode}")
    assert [item["vault_id"] for item in json.loads(answer.content)["items"]] == ["v1"] * 12


def test_it_delivers_what_a_further_filter_selects(vault, log, asked):
    assert len(feed.read(asked, 0, 100).rows) == 12
    Destination(organization=log, filter=QUERY).clean()


def test_it_documents_a_further_filter_in_openapi(vault, client):
    document = client.get("/api/v1/openapi.json").json()
    parameters = document["paths"]["/api/v1/events"]["get"]["parameters"]
    (found,) = [one for one in parameters if one["name"] == "vault"]
    assert found == {
        "in": "query",
        "name": "vault",
        "description": "Filter: these vault IDs, comma-separated; a leading `-` excludes.",
        "schema": {"type": "string"},
    }


@pytest.mark.parametrize("extra", ["", "&event=item", "&since=2025-01-01"])
def test_it_counts_a_further_filter_that_the_daily_counts_do_not_know(vault, log, extra):
    query = LogQuery.for_operator(log, QueryDict(QUERY + extra))
    summary = summarize(query)
    assert (summary.total, sum(one.total for one in summary.bins)) == (12, 12)
    assert summary.type_counts == {"item.read": 12}


def test_it_never_asks_the_daily_counts_about_a_further_filter(vault, log, asked, monkeypatch):
    plain = LogQuery.for_operator(log, QueryDict("event=item"))
    monkeypatch.setattr(daily_counts, "grouped", lambda *_: [(0, "item.read", 36)])
    assert summarize(plain).total == 36
    assert summarize(asked).total == 12


@pytest.mark.parametrize("name", sorted(parameters_without_effect()))
def test_it_refuses_parameters_without_effect_in_destinations(acme, name):
    with pytest.raises(ValidationError) as refusal:
        Destination(organization=acme, filter=f"{name}=x").clean()
    assert name in str(refusal.value)


def table_under(heading: str) -> dict[str, str]:
    """The rows of the table with this heading in docs/filters.md, by the code in the first cell."""
    table = DOCUMENT.read_text(encoding="utf-8").partition(heading)[2].partition("\n\n")[0]
    return dict(re.findall(r"^\| `(.+?)` \| (.+) \|$", table, re.MULTILINE))


def test_it_documents_every_filter():
    documented = {
        name: one.describe() for name, one in declared_filters().items() if not one.is_for_page
    }
    documented[ORGANIZATION] = str(ORGANIZATION_HELP)
    assert table_under("| parameter | selects |") == documented


def test_it_documents_every_example_and_each_is_valid(acme):
    examples = {
        text: meaning
        for one in declared_filters().values()
        for text, meaning in one.examples.items()
    }
    assert table_under("| example | matches |") == examples
    for text in examples:
        query = LogQuery.for_operator(acme, QueryDict(text))
        assert query.is_valid, (text, query.errors)


def test_it_documents_every_category():
    section = DOCUMENT.read_text(encoding="utf-8").partition("The categories are")[2]
    assert re.findall(r"`(\w+)`", section.partition(".")[0]) == list(CATEGORIES.codes())
