"""On SQLite, pages of a network or of several types try the index on time first, for a moment."""

import pytest
from django.http import QueryDict

from activity.reading import timeouts
from activity.reading.planner import paths
from activity.reading.query import LogQuery
from activity.reading.timeouts import QueryTimeout
from activity.recording import record
from tests.factories import draft

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]
TYPES = ["item.read", "item.used", "share.created"]


@pytest.fixture
def ways(monkeypatch) -> list[str]:
    """How each page was found: "by time", "in vain" or, by the planner's choice, "as planned"."""
    found = []
    scan = paths._scan

    def watched(filterset, events, seconds=None):
        take = scan(filterset, events, seconds)

        def told(*arguments):
            try:
                rows = take(*arguments)
            except QueryTimeout:
                found.append("in vain")
                raise
            found.append("as planned" if seconds is None else "by time")
            return rows

        return told

    monkeypatch.setattr(paths, "_scan", watched)
    return found


@pytest.fixture
def _log(acme):
    record(
        acme,
        [
            draft(ip=f"10.0.{number % 3}.{number}", event_type=TYPES[number % 3])
            for number in range(90)
        ],
    )


def _seqs(organization, text: str) -> list[int]:
    query = LogQuery.for_operator(organization, QueryDict(text))
    return [event.seq for event in query.page().rows]


@pytest.mark.usefixtures("_log")
@pytest.mark.parametrize("text", ["ip=10.0.1.0/24", "q=10.0.", "event=item.read,share.created"])
@pytest.mark.parametrize("order", ["newest", "oldest"])
def test_it_finds_the_same_by_time_and_as_planned(acme, ways, monkeypatch, text, order):
    by_time = _seqs(acme, f"{text}&order={order}")
    assert by_time
    assert ways == ["by time"]
    monkeypatch.setattr(paths, "SCAN_SECONDS", -1.0)
    monkeypatch.setattr(timeouts, "SQLITE_STEPS", 1)
    assert _seqs(acme, f"{text}&order={order}") == by_time
    assert ways[1:] == ["in vain", "as planned"]


@pytest.mark.usefixtures("_log")
@pytest.mark.parametrize("text", ["", "event=item.read", "user=dana@acme.example"])
def test_it_leaves_what_an_index_answers_in_order_to_the_planner(acme, ways, text):
    _seqs(acme, text)
    assert set(ways) == {"as planned"}
