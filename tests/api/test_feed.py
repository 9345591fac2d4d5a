"""GET /api/v1/events?cursor=: each event once, in the order of recording."""

import pytest

from activity.api.read_events import ReadRequest
from activity.reading import feed
from activity.recording import record
from tests import factories
from tests.api.conftest import EVENTS


def fill(organization, count, **fields):
    drafts = [factories.draft(source_id=f"{fields}{n}", **fields) for n in range(count)]
    record(organization, drafts)


def poll(client, cursor="", **parameters):
    answer = client.get(EVENTS, {"cursor": cursor, **parameters}).json()
    return [item["seq"] for item in answer["items"]], answer["cursor"], answer["has_more"]


def test_it_begins_at_the_beginning_and_comes_to_the_end(acme, machine):
    fill(acme, 5)
    seqs, cursor, has_more = poll(machine, limit=3)
    assert (seqs, has_more) == ([1, 2, 3], True)
    seqs, cursor, has_more = poll(machine, cursor, limit=3)
    assert (seqs, has_more) == ([4, 5], False)
    assert poll(machine, cursor, limit=3) == ([], cursor, False)
    fill(acme, 2, event_type="vault.created")
    seqs, cursor, has_more = poll(machine, cursor, limit=2)
    assert (seqs, has_more) == ([6, 7], False)


def test_it_gives_a_cursor_to_an_empty_log(acme, machine):
    seqs, cursor, has_more = poll(machine)
    assert (seqs, has_more) == ([], False)
    fill(acme, 1)
    assert poll(machine, cursor)[0] == [1]


def test_it_follows_recording_not_time(acme, machine):
    fill(acme, 1)
    _, cursor, _ = poll(machine)
    record(acme, [factories.draft(occurred_at=factories.draft().occurred_at.replace(year=2020))])
    assert poll(machine, cursor)[0] == [2]


def test_it_passes_what_does_not_match(acme, machine, monkeypatch):
    monkeypatch.setattr(feed, "FEED_WINDOW", 10)
    fill(acme, 25)
    fill(acme, 1, event_type="vault.deleted")
    found, cursor, answers = [], "", []
    has_more = True
    while has_more:
        seqs, cursor, has_more = poll(machine, cursor, event="vault.deleted")
        found += seqs
        answers.append(len(seqs))
    assert (found, answers) == ([26], [0, 0, 1])
    assert poll(machine, cursor, event="vault.deleted") == ([], cursor, False)


def test_it_goes_on_with_other_filters(acme, machine):
    fill(acme, 2)
    fill(acme, 2, event_type="vault.deleted")
    _, cursor, _ = poll(machine, limit=1)
    assert poll(machine, cursor, event="item.read")[0] == [2]


@pytest.mark.parametrize("event_format", ["native", "ocsf", "ecs"])
def test_it_links_on_for_ever(acme, machine, event_format):
    fill(acme, 1)
    response = machine.get(EVENTS, {"cursor": "", "format": event_format})
    again = response["Link"].removeprefix("<http://testserver").removesuffix('>; rel="next"')
    assert machine.get(again).json()["items"] == []
    assert machine.get(again)["Link"] == response["Link"]


def test_it_leaves_out_what_is_recorded_while_it_reads(acme, machine, monkeypatch):
    fill(acme, 2)
    fetch = ReadRequest.fetch

    def slow(request):
        fill(acme, 1, event_type="vault.created")
        return fetch(request)

    monkeypatch.setattr(ReadRequest, "fetch", slow)
    seqs, cursor, has_more = poll(machine)
    assert (seqs, has_more) == ([1, 2], False)
    monkeypatch.setattr(ReadRequest, "fetch", fetch)
    assert poll(machine, cursor)[0] == [3]
