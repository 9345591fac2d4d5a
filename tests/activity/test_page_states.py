"""The messages of a page without rows."""

import pytest

from activity.reading.planner import paths
from activity.reading.timeouts import QueryTimeout
from tests.factories import event

LOG = "/admin/activity/event/"


def text_of(client, query=""):
    return " ".join(client.get(f"{LOG}?{query}").content.decode().split())


def test_it_says_that_nothing_has_happened_yet(as_alice, acme):
    text = text_of(as_alice)

    assert "No activity yet" in text
    assert "Download CSV" not in text
    assert "data-chart" not in text


def test_it_says_that_no_event_matches_and_how_to_find_more(as_alice, acme):
    event(acme)

    text = text_of(as_alice, "q=nobody&event=item.read")

    assert "No events match these filters" in text
    assert "Remove User or IP nobody" in text
    assert f'href="{LOG}?event=item.read"' in text
    assert f'href="{LOG}?q=nobody"' in text
    assert f'<a class="action action-primary" href="{LOG}">Clear all filters</a>' in text
    assert "Download CSV" in text


@pytest.mark.parametrize(
    ("query", "message", "field"),
    [
        ("q=999.999.999.999", "“999.999.999.999” is no IP address", "id_q"),
        ("since=2026-13-01", "There is no 2026-13-01 in the calendar.", "id_since"),
        ("since=2026-11-02&until=2026-11-01", "The end must be later", "id_until"),
    ],
)
def test_it_complains_beside_the_field(as_alice, acme, query, message, field):
    event(acme)

    text = text_of(as_alice, query)

    assert "One filter needs a change" in text
    assert f'<ul class="errorlist" id="{field}_error"><li>{message}' in text
    assert f'aria-invalid="true" aria-describedby="{field}_error"' in text
    assert "result_list" not in text
    assert "Download CSV" not in text


@pytest.mark.parametrize("query", ["event=nonsense", "event=item.read&event=vault"])
def test_it_opens_the_panel_of_events_that_has_an_error(as_alice, acme, query):
    event(acme)

    text = text_of(as_alice, query)

    assert 'event types" open> <summary' in text
    assert 'aria-describedby="id_event_error"' in text


def test_it_opens_the_panel_of_the_range_that_has_an_error(as_alice, acme):
    assert '<details class="panel" data-panel open>' in text_of(as_alice, "since=yesterday")


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("ip=10.0.0.0/99", "“10.0.0.0/99” is no IP address or range."),
        ("order=random", "The order is “newest” or “oldest”."),
        ("p=nonsense", "This page does not exist."),
        ("colour=red", "There is no filter “colour”."),
        ("user=a@x&user=b@x", "“user” is given more than once"),
        ("e=1", "There is no filter “e”."),
        ("_facets=1", "There is no filter “_facets”."),
    ],
)
def test_it_complains_above_the_list_where_there_is_no_field(as_alice, acme, query, message):
    event(acme)

    response = as_alice.get(f"{LOG}?{query}&q=dana")

    (problem,) = response.context["cl"].problems
    assert problem.message.startswith(message)
    assert not response.context["cl"].result_list
    mended = as_alice.get(problem.remove_url).context["cl"]
    assert mended.is_valid
    assert mended.search_text == "dana"
    assert len(mended.result_list) == 1


def test_it_folds_the_filters_on_phones_unless_they_have_errors(as_alice, acme):
    assert 'class="filters" open data-fold="phone"' in text_of(as_alice)
    assert 'class="filters" open>' in text_of(as_alice, "since=yesterday")


def test_it_counts_several_complaints(as_alice, acme):
    assert "Some filters need a change" in text_of(as_alice, "q=1.2.3.4.5&event=nonsense&x=1")


def test_it_mends_an_invalid_choice_by_the_form(as_alice, acme):
    event(acme)
    changelist = as_alice.get(f"{LOG}?event=nonsense,item.read").context["cl"]

    assert ("event", "nonsense") not in changelist.hidden_fields
    boxes = [option for group in changelist.event_panel.groups for option in group.options]
    assert [box.code for box in boxes if box.is_checked] == ["item.read"]


def test_it_renders_even_if_the_rows_are_not_found_in_time(as_alice, acme, monkeypatch):
    def take(order, start, count):
        raise QueryTimeout

    event(acme)
    monkeypatch.setattr(paths, "fetcher_for", lambda filterset: take)

    text = text_of(as_alice, "q=dana")

    assert "This search takes too long" in text
    assert "<b>1</b>" in text  # less than the time limit of the counts
