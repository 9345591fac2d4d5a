"""The number of queries does not depend on the size of the log."""

from datetime import timedelta

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext

from activity.models import LogHead
from activity.reading.facets.counting import summarize
from activity.reading.query import LogQuery
from activity.recording import record
from organizations.models import User
from tests.factories import draft

pytestmark = pytest.mark.django_db

TIME_LIMITS = ("SAVEPOINT", "RELEASE", "SET LOCAL")  # on PostgreSQL
# One each for the access rules, the head, the page, the actors on the page and the counts; one more
# for the actors in the filter.
PLAIN, WITH_PEOPLE = 5, 6


def asked(user: User, text: str) -> tuple[list[str], int]:
    """The statements of one page with its counts, and the number of rows."""
    with CaptureQueriesContext(connection) as queries:
        query = LogQuery.for_user(User.objects.get(pk=user.pk), QueryDict(text))
        page = query.page()
        assert all(event.actor.email for event in page.rows)
        assert summarize(query).is_complete
    statements = [captured["sql"] for captured in queries.captured_queries[1:]]
    return [sql for sql in statements if not sql.startswith(TIME_LIMITS)], len(page.rows)


def grow(organization, days: int) -> None:
    """Record six more events for each day."""
    head = LogHead.objects.filter(organization=organization).first() or LogHead()
    record(
        organization,
        [
            draft(
                occurred_at=draft().occurred_at - timedelta(days=number // 6, minutes=number),
                event_type=("item.read", "share.created", "x.y")[number % 3],
                email=f"user{number % 9}@acme.example",
                item_id=str(head.size + number),
            )
            for number in range(days * 6)
        ],
    )


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("", PLAIN),
        ("p=end", PLAIN),
        ("order=oldest", PLAIN),
        ("q=10.0.", PLAIN - 1),  # nothing is found, so nobody is read
        ("ip=203.0.113.7,2001:db8::/32", PLAIN),
        ("event=item", PLAIN),
        ("event=-item.read", PLAIN),
        ("since=2025-11-02", PLAIN),
        ("since=2025-11-02T10:00:01&until=2026-11-02T10:00:01", PLAIN),
        ("q=user1", WITH_PEOPLE),
        ("user=user1@acme.example", WITH_PEOPLE),
        ("user=nobody@acme.example", WITH_PEOPLE - 3),
    ],
)
def test_it_asks_as_often_whatever_the_length(acme, alice, text, number):
    for days in (30, 60):
        grow(acme, days)
        statements, _ = asked(alice, text)
        assert len(statements) == number, "\n".join(statements)


def test_it_asks_at_most_once_more_to_merge_many_people(acme, alice):
    for days in (30, 60):
        grow(acme, days)
        statements, rows = asked(alice, "q=user&event=item")
        assert rows == 50
        assert len(statements) == WITH_PEOPLE + (connection.vendor == "postgresql")


def test_it_never_skips_rows_nor_counts_them_for_the_page(acme, alice):
    grow(acme, 30)
    for text in ("", "q=user", "p=end", "event=item&order=oldest"):
        for sql in asked(alice, text)[0]:
            assert "OFFSET" not in sql
            assert "DISTINCT" not in sql
            if "activity_event" in sql and "COUNT(" not in sql:
                assert "LIMIT" in sql or " IN (" in sql


def test_it_names_the_organization_on_both_sides_of_every_join(acme, alice):
    grow(acme, 30)
    for text in ("", "q=user", "user=user1@acme.example,user2@acme.example", "event=item"):
        for sql in asked(alice, text)[0]:
            for table in ("activity_event", "activity_actor"):
                if f'"{table}"."' in sql:
                    assert f'"{table}"."organization_id" = {acme.pk}' in sql, sql


def test_it_asks_nothing_about_events_for_an_invalid_question(acme, alice):
    grow(acme, 30)
    with CaptureQueriesContext(connection) as queries:
        query = LogQuery.for_user(alice, QueryDict("q=999.1.1.1"))
        assert query.page().rows == []
        summarize(query)
    assert not [q for q in queries.captured_queries if "activity_event" in q["sql"]]
