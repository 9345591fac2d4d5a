"""Site and API list the same events over HTTP as a filter in plain Python."""

import html
import re

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from activity.models import Event
from tests.activity.parity import READERS, Logs, profile, questions
from tests.activity.parity_queries import Query
from tests.api.conftest import EVENTS

EVENT_LINK = re.compile(r'href="/admin/activity/event/([0-9a-f-]{36})/change/')
NEXT_LINK = re.compile(r'<a [^>]*rel="next" href="([^"]*)"')


@pytest.mark.slow
@profile(0.15)
@given(question=questions())
def test_it_shows_and_downloads_the_same_over_http(logs, question):
    slug, query = question
    text = f"organization={slug}&{query.text}"
    page = f"{reverse('admin:activity_event_changelist')}?{text}"
    assert shown(logs.client, page) == ids_of(logs, slug, query)
    for form, read in READERS.items():
        address = f"{reverse('admin:activity_event_export')}?{text}&format={form}"
        response = logs.client.get(address)
        if query.culprit:
            assert (response.status_code, response.streaming) == (400, False)
            assert response.content.decode().startswith(f"{query.culprit}: ")
        else:
            assert read(response.getvalue()) == query.seqs(logs.rows[slug])


@pytest.mark.slow
@profile(0.3)
@given(question=questions(), limit=st.sampled_from([7, 40, 1000]))
def test_it_gives_the_same_to_machines(logs, question, limit):
    slug, query = question
    machine = logs.machines[slug]
    text = "&".join(part for part in query.text.split("&") if not part.startswith("p="))
    address = f"{EVENTS}?limit={limit}&{text}"
    if query.culprit:
        refusal = machine.get(address)
        assert refusal.status_code == 400
        assert [error["parameter"] for error in refusal.json()["errors"]] == [query.culprit]
        return
    answer = machine.get(address).json()
    seqs = [item["seq"] for item in answer["items"]]
    while answer["has_more"]:
        answer = machine.get(f"{address}&cursor={answer['cursor']}").json()
        seqs += [item["seq"] for item in answer["items"]]
    assert seqs == query.seqs(logs.rows[slug])


def ids_of(logs: Logs, slug: str, query: Query) -> list[str]:
    events = Event.objects.filter(organization=logs.organizations[slug])
    ids = dict(events.values_list("seq", "pk"))
    return [str(ids[seq]) for seq in query.seqs(logs.rows[slug])]


def shown(client: Client, url: str) -> list[str]:
    """The ids in the rows of the page and of all following pages."""
    ids: list[str] = []
    while url:
        content = client.get(url).content.decode()
        ids += dict.fromkeys(EVENT_LINK.findall(content))
        found = NEXT_LINK.search(content)
        url = html.unescape(found[1]) if found else ""
    return ids
