"""The feed returns the same events as a filter in plain Python, in the order of recording."""

from urllib.parse import unquote

import pytest
from hypothesis import assume, given

from tests.activity.parity import Logs, profile, questions
from tests.api.conftest import EVENTS


@pytest.fixture
def logs(db, settings):
    settings.API_RATE_PER_MINUTE = 1_000_000
    return Logs()


@pytest.mark.slow
@profile(0.3)
@given(question=questions())
def test_it_feeds_what_plain_python_picks(logs, question):
    slug, query = question
    assume(not query.culprit and "order=" not in unquote(query.text))
    url, seqs, has_more = f"{EVENTS}?{query.text}&limit=17&cursor=", [], True
    while has_more:
        answer = logs.machines[slug].get(url)
        seqs += [item["seq"] for item in answer.json()["items"]]
        has_more = answer.json()["has_more"]
        url = answer["Link"].removeprefix("<http://testserver").removesuffix('>; rel="next"')
    assert seqs == sorted(query.seqs(logs.rows[slug]))
