"""Page, downloads and command list the same events: those that plain Python picks by hand.

`PARITY_EXAMPLES=5000` in the environment tries more, other queries.
"""

import csv
import html
import io
import json
import os
import re
from collections import Counter
from collections.abc import Callable
from contextlib import contextmanager
from zoneinfo import ZoneInfo

import pytest
from django.core.management import CommandError, call_command
from django.http import QueryDict
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from activity import exports, facets, filters, paging
from activity.budget import OutOfTime, time_budget
from activity.exports import Format
from activity.keyset import PAGE_SIZE, Cursor
from activity.log_query import LogQuery
from activity.models import Event
from organizations.models import Member, Organization, Role
from tests import factories
from tests.activity import parity_log
from tests.activity.parity_queries import Query, queries

ZONES = {"zurich": "Europe/Zurich", "havana": "America/Havana"}
EVENT_LINK = re.compile(r'href="/admin/activity/event/([0-9a-f-]{36})/change/')
NEXT_LINK = re.compile(
    r'<a [^>]*rel="next"[^>]*href="([^"]*)"|<a [^>]*href="([^"]*)"[^>]*rel="next"'
)


def profile(share: float) -> Callable:
    """Settings for `share` of the examples; the same ones each time unless more are asked for."""
    asked = os.environ.get("PARITY_EXAMPLES")
    return settings(
        max_examples=max(1, round(int(asked or 100) * share)),
        derandomize=asked is None,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )


questions = st.sampled_from(sorted(ZONES)).flatmap(
    lambda slug: st.tuples(st.just(slug), queries(ZoneInfo(ZONES[slug])))
)


class Logs:
    """Two organizations with nearly the same log, and somebody who administers both."""

    def __init__(self) -> None:
        self.user = factories.UserFactory()
        self.client = Client()
        self.client.force_login(self.user)
        self.organizations: dict[str, Organization] = {}
        self.rows: dict[str, list[parity_log.Row]] = {}
        for seed, (slug, zone) in enumerate(ZONES.items()):
            organization = factories.OrganizationFactory(slug=slug, time_zone=zone)
            Member.objects.create(organization=organization, email=self.user.email, role=Role.ADMIN)
            parity_log.fill(organization, seed)
            self.organizations[slug] = organization
            self.rows[slug] = parity_log.rows_of(organization)

    def query(self, slug: str, text: str, cursor: Cursor | None = None) -> LogQuery:
        parameters = QueryDict(f"{text}&organization={slug}", mutable=True)
        if cursor:
            parameters["p"] = cursor.encode()
        return LogQuery.for_user(self.user, parameters)

    def operator_query(self, slug: str, text: str) -> LogQuery:
        return LogQuery.for_operator(self.organizations[slug], QueryDict(text))


@pytest.fixture
def logs(db, settings) -> Logs:
    settings.FACETS_SECONDS = settings.PAGE_SECONDS = 60  # whatever else the machine does
    return Logs()


def walked(logs: Logs, slug: str, text: str) -> list[int]:
    """The numbers on all pages, from the first to the last."""
    page = logs.query(slug, text).page()
    seqs = [event.seq for event in page.rows]
    while page.next:
        assert len(page.rows) == PAGE_SIZE
        page = logs.query(slug, text, page.next).page()
        assert page.rows
        assert page.previous
        seqs += [event.seq for event in page.rows]
    assert {event.organization_id for event in page.rows} <= {logs.organizations[slug].pk}
    return seqs


def walked_backwards(logs: Logs, slug: str, text: str) -> list[int]:
    """The numbers on all pages, from the last to the first, which is always full."""
    page = logs.query(slug, text, Cursor(is_forward=False)).page()
    seqs = [event.seq for event in page.rows]
    while page.previous:
        assert len(page.rows) == PAGE_SIZE
        page = logs.query(slug, text, page.previous).page()
        before = [event.seq for event in page.rows if event.seq not in seqs]
        assert seqs[: len(page.rows) - len(before)] == [e.seq for e in page.rows][len(before) :]
        seqs = before + seqs
    return seqs


def csv_seqs(content: bytes) -> list[int]:
    rows = csv.DictReader(io.StringIO(content.decode(), newline=""))
    return [int(row["Sequence"]) for row in rows]


def json_seqs(content: bytes) -> list[int]:
    return [json.loads(line)["seq"] for line in content.splitlines()]


@profile(1)
@given(question=questions)
def test_it_lists_and_exports_what_plain_python_picks(logs, monkeypatch, question):
    slug, query = question
    monkeypatch.setattr(exports, "BATCH_SIZE", 7)
    rows = logs.rows[slug]
    expected = query.seqs(rows)
    errors = logs.operator_query(slug, query.text).filterset.errors
    assert set(errors) == ({query.culprit} if query.culprit else set())
    assert walked(logs, slug, query.text) == expected
    assert walked_backwards(logs, slug, query.text) == expected
    if not query.culprit:
        operator_query = logs.operator_query(slug, query.text)
        streams = {form: b"".join(exports.stream(operator_query, form)) for form in Format}
        assert csv_seqs(streams[Format.CSV]) == expected
        assert json_seqs(streams[Format.JSONL]) == expected
    summary = facets.summarize(logs.query(slug, query.text))
    assert summary.is_complete
    assert summary.total == len(expected)
    assert Counter(summary.type_counts) == query.type_counts(rows)


@profile(0.3)
@given(question=questions)
@pytest.mark.postgresql
def test_it_does_so_when_it_always_merges(logs, monkeypatch, question):
    monkeypatch.setattr(paging, "RARE_SHARE", 2)
    monkeypatch.setattr(paging, "FEW_ACTORS", 1_000_000)
    slug, query = question
    assert walked(logs, slug, query.text) == query.seqs(logs.rows[slug])
    assert walked_backwards(logs, slug, query.text) == query.seqs(logs.rows[slug])


@profile(0.3)
@given(question=questions)
def test_it_does_so_when_scans_take_too_long_and_many_people_match(logs, monkeypatch, question):
    @contextmanager
    def budget(seconds, **options):
        if seconds == paging.SCAN_SECONDS:
            raise OutOfTime
        with time_budget(seconds, **options):
            yield

    monkeypatch.setattr(paging, "time_budget", budget)
    monkeypatch.setattr(filters, "MANY_ACTORS", 1)
    slug, query = question
    assert walked(logs, slug, query.text) == query.seqs(logs.rows[slug])


@profile(0.3)
@given(question=questions, form=st.sampled_from(Format))
def test_it_exports_the_same_by_command(logs, tmp_path, question, form):
    slug, query = question
    output = tmp_path / "log"
    output.unlink(missing_ok=True)
    arguments = ["--organization", slug, "--filter", query.text, "--format", form]
    arguments += ["--output", str(output)]
    if query.culprit:
        with pytest.raises(CommandError, match=f" {query.culprit}: "):
            call_command("export_events", *arguments)
        assert not list(tmp_path.iterdir())
    else:
        call_command("export_events", *arguments, stderr=io.StringIO())
        read = {Format.CSV: csv_seqs, Format.JSONL: json_seqs}[form]
        assert read(output.read_bytes()) == query.seqs(logs.rows[slug])


@profile(0.15)
@given(question=questions)
def test_it_shows_and_downloads_the_same_over_http(logs, question):
    slug, query = question
    text = f"organization={slug}&{query.text}"
    page = f"{reverse('admin:activity_event_changelist')}?{text}"
    assert shown(logs.client, page) == ids_of(logs, slug, query)
    for form, read in (("", csv_seqs), ("&format=jsonl", json_seqs)):
        response = logs.client.get(f"{reverse('admin:activity_event_export')}?{text}{form}")
        if query.culprit:
            assert (response.status_code, response.streaming) == (400, False)
            assert response.content.decode().startswith(f"{query.culprit}: ")
        else:
            assert read(response.getvalue()) == query.seqs(logs.rows[slug])


def ids_of(logs: Logs, slug: str, query: Query) -> list[str]:
    events = Event.objects.filter(organization=logs.organizations[slug])
    ids = dict(events.values_list("seq", "pk"))
    return [str(ids[seq]) for seq in query.seqs(logs.rows[slug])]


def shown(client: Client, url: str) -> list[str]:
    """The ids in the page's rows, and in the rows of all pages after it."""
    ids: list[str] = []
    while url:
        content = client.get(url).content.decode()
        ids += dict.fromkeys(EVENT_LINK.findall(content))
        found = NEXT_LINK.search(content)
        url = html.unescape(found[1]) if found else ""
    return ids
