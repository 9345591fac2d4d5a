"""Two logs to query, and functions that read complete results.

`PARITY_EXAMPLES=5000` in the environment generates more and different queries.
"""

import csv
import io
import json
import os
from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.http import QueryDict
from django.test import Client
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from activity.exports import Format
from activity.reading.ordering import PAGE_SIZE, Cursor
from activity.reading.query import LogQuery
from organizations.models import Member, Organization, Role
from tests import factories
from tests.activity import parity_log
from tests.activity.parity_queries import COUNTS, Query, queries
from tests.api.conftest import bearer, issue

ZONES = {"zurich": "Europe/Zurich", "havana": "America/Havana"}


def profile(share: float) -> Callable:
    """Hypothesis settings for `share` of the examples. Without PARITY_EXAMPLES, each run generates
    the same examples.
    """
    asked = os.environ.get("PARITY_EXAMPLES")
    return settings(
        max_examples=max(1, round(int(asked or 100) * share)),
        derandomize=asked is None,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )


def questions(*counts: int) -> st.SearchStrategy[tuple[str, Query]]:
    """Pairs of organization and query. The number of filters is one of `counts`."""
    return st.sampled_from(sorted(ZONES)).flatmap(
        lambda slug: st.tuples(st.just(slug), queries(ZoneInfo(ZONES[slug]), counts or COUNTS))
    )


class Logs:
    """Two organizations with almost the same log, and an administrator of both."""

    def __init__(self) -> None:
        self.user = factories.UserFactory()
        self.client = Client()
        self.client.force_login(self.user)
        self.organizations: dict[str, Organization] = {}
        self.machines: dict[str, Client] = {}
        self.rows: dict[str, list[parity_log.Row]] = {}
        for seed, (slug, zone) in enumerate(ZONES.items()):
            organization = factories.OrganizationFactory(slug=slug, time_zone=zone)
            Member.objects.create(organization=organization, email=self.user.email, role=Role.ADMIN)
            parity_log.fill(organization, seed)
            self.organizations[slug] = organization
            self.machines[slug] = bearer(issue(organization))
            self.rows[slug] = parity_log.rows_of(organization)

    def query(self, slug: str, text: str, cursor: Cursor | None = None) -> LogQuery:
        parameters = QueryDict(f"{text}&organization={slug}", mutable=True)
        if cursor:
            parameters["p"] = cursor.encode()
        return LogQuery.for_user(self.user, parameters)

    def operator_query(self, slug: str, text: str) -> LogQuery:
        return LogQuery.for_operator(self.organizations[slug], QueryDict(text))


def walked(logs: Logs, slug: str, text: str) -> list[int]:
    """The sequence numbers on all pages, from the first page to the last."""
    page = logs.query(slug, text).page()
    seqs = [event.seq for event in page.rows]
    while page.next:
        assert len(page.rows) == PAGE_SIZE
        assert len(seqs) < parity_log.SIZE
        page = logs.query(slug, text, page.next).page()
        assert page.rows
        assert page.previous
        seqs += [event.seq for event in page.rows]
    assert {event.organization_id for event in page.rows} <= {logs.organizations[slug].pk}
    return seqs


def walked_backwards(logs: Logs, slug: str, text: str) -> list[int]:
    """The sequence numbers on all pages, from the last page to the first, which is always full."""
    page = logs.query(slug, text, Cursor(is_forward=False)).page()
    seqs = [event.seq for event in page.rows]
    while page.previous:
        assert len(page.rows) == PAGE_SIZE
        assert len(seqs) < parity_log.SIZE
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


READERS = {Format.CSV: csv_seqs, Format.JSONL: json_seqs}
