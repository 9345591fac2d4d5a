"""Time limits of queries."""

import pytest
from django.db import OperationalError, ProgrammingError, connection, transaction

from activity.reading.timeouts import QueryTimeout, statement_timeout
from organizations.models import Organization

pytestmark = pytest.mark.django_db

ENDLESS = """
    WITH RECURSIVE number(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number)
    SELECT count(*) FROM number
"""


def run(sql: str) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()


def test_it_stops_a_query_and_leaves_the_connection_usable():
    with pytest.raises(QueryTimeout), statement_timeout(0.05):
        run(ENDLESS)
    assert run("SELECT 1") == [(1,)]
    assert Organization.objects.count() == 0


def test_it_stops_several_queries_one_after_the_other():
    for _ in range(3):
        with pytest.raises(QueryTimeout), statement_timeout(0.02):
            run(ENDLESS)
    assert run("SELECT 1") == [(1,)]


def test_it_keeps_what_the_transaction_around_it_did(acme):
    with transaction.atomic():
        Organization.objects.filter(pk=acme.pk).update(name="Changed")
        with pytest.raises(QueryTimeout), statement_timeout(0.05):
            run(ENDLESS)
    acme.refresh_from_db()
    assert acme.name == "Changed"


def test_it_lets_a_quick_query_through():
    with statement_timeout(5):
        assert run("SELECT 1") == [(1,)]


def test_it_does_not_call_other_errors_a_lack_of_time():
    with pytest.raises((OperationalError, ProgrammingError)), statement_timeout(5):
        run("SELECT * FROM no_such_table")
    assert run("SELECT 1") == [(1,)]


@pytest.mark.postgresql
@pytest.mark.parametrize("sql", ["SELECT 1", ENDLESS])
def test_it_leaves_no_limit_behind_in_the_transaction_around_it(sql):
    before = run("SHOW statement_timeout")
    with transaction.atomic():
        try:
            with statement_timeout(0.05):
                run(sql)
        except QueryTimeout:
            pass
        assert run("SHOW statement_timeout") == before


@pytest.mark.sqlite
@pytest.mark.parametrize("sql", ["SELECT 1", ENDLESS])
def test_it_takes_its_handler_away(sql):
    try:
        with statement_timeout(0.05):
            run(sql)
    except QueryTimeout:
        pass
    longer = ENDLESS.replace("FROM number)", "FROM number WHERE n < 300000)")
    assert run(longer) == [(300_000,)]
