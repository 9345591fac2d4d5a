"""The API lists the events that plain Python picks, like the page and the downloads."""

from urllib.parse import unquote

import pytest
from hypothesis import given

from tests.activity.test_parity import Logs, profile, questions
from tests.api.conftest import EVENTS, bearer, issue


@pytest.fixture
def logs(db, settings):
    settings.API_RATE_PER_MINUTE = 1_000_000
    logs = Logs()
    logs.machines = {slug: bearer(issue(owner)) for slug, owner in logs.organizations.items()}
    return logs


def walked(machine, url):
    """The numbers on all pages, by their links."""
    seqs = []
    while url:
        answer = machine.get(url)
        seqs += [item["seq"] for item in answer.json()["items"]]
        has_more = answer.json()["has_more"]
        link = answer.get("Link", "").removesuffix('>; rel="next"')
        url = link.removeprefix("<http://testserver") if has_more else ""
    return seqs


@profile(0.5)
@given(question=questions)
def test_it_answers_what_plain_python_picks(logs, question):
    slug, query = question
    machine = logs.machines[slug]
    url = f"{EVENTS}?{query.text}&limit=17"
    expected = query.seqs(logs.rows[slug])
    if query.culprit:
        answer = machine.get(url)
        assert answer.status_code == 400
        assert {error["parameter"] for error in answer.json()["errors"]} == {query.culprit}
    else:
        assert walked(machine, url) == expected
        if "order=" not in unquote(query.text):
            assert walked(machine, f"{url}&cursor=") == sorted(expected)
