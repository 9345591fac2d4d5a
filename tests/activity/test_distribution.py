"""`manage.py distribute`, on a PostgreSQL with fakes of the Citus functions that it calls."""

import pytest
from django.apps import apps
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.http import QueryDict

from activity.reading.query import LogQuery
from activity.recording import record
from activity.scaling import COLUMN, event_tables
from tests.factories import draft

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db]
STAND_INS = """
    CREATE TABLE public.pg_extension AS SELECT 'citus' AS extname;
    CREATE TABLE pg_dist_node AS SELECT true AS isactive, true AS shouldhaveshards;
    CREATE TABLE pg_dist_partition (logicalrelid regclass, partmethod "char");
    CREATE TABLE calls (number serial, text text);
    CREATE FUNCTION create_distributed_table(text, text, colocate_with text DEFAULT 'default')
        RETURNS void LANGUAGE sql AS $$
            INSERT INTO pg_dist_partition VALUES ($1::regclass, 'h');
            INSERT INTO calls (text) VALUES ('distribute ' || $1 || ' beside ' || $3)
        $$;
    CREATE FUNCTION truncate_local_data_after_distributing_table(text)
        RETURNS void LANGUAGE sql AS $$ INSERT INTO calls (text) VALUES ('truncate ' || $1) $$;
    SET LOCAL search_path = public, pg_catalog
"""


def run(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall() if cursor.description else []


def keys(table):
    """The columns of the primary key, and of each foreign key with the table it refers to."""
    with connection.cursor() as cursor:
        constraints = connection.introspection.get_constraints(cursor, table).values()
    primary = [c["columns"] for c in constraints if c["primary_key"]]
    foreign = [(c["columns"], c["foreign_key"][0]) for c in constraints if c["foreign_key"]]
    return primary[0], sorted(foreign)


@pytest.fixture
def citus(db):
    run(STAND_INS)


@pytest.fixture
def said(capsys):
    """Run the command and return the lines that it prints."""

    def call(**options):
        call_command("distribute", **options)
        return capsys.readouterr().out.splitlines()

    return call


def test_it_distributes_by_organization(citus, said):
    assert said()[-1] == "Done."
    assert keys("activity_actor") == ([COLUMN, "id"], [])
    assert keys("activity_logday") == ([COLUMN, "id"], [])
    assert keys("activity_loghead") == ([COLUMN], [])
    assert keys("activity_event") == (
        [COLUMN, "id"],
        [([COLUMN, "actor_id"], "activity_actor")],
    )
    first, *others = event_tables()
    assert [text for (text,) in run("SELECT text FROM calls ORDER BY number")] == [
        f"distribute {first} beside default",
        *(f"distribute {table} beside {first}" for table in others),
        *(f"truncate {table}" for table in event_tables()),
    ]


def test_it_changes_nothing_the_second_time(citus, said):
    said()
    before = [keys(table) for table in event_tables()]
    assert said() == ["Everything is distributed already. Nothing was changed."]
    assert [keys(table) for table in event_tables()] == before
    assert len(run("SELECT text FROM calls")) == 2 * len(event_tables())


def test_it_leaves_the_other_tables_as_they_are(citus, said):
    tables = sorted({m._meta.db_table for m in apps.get_models()} - {*event_tables()})
    before = [keys(table) for table in tables]
    said()
    assert [keys(table) for table in tables] == before


def test_it_records_and_lists_afterwards(citus, said, acme):
    run("SET CONSTRAINTS ALL IMMEDIATE")
    said()
    record(acme, [draft(), draft(email="other@acme.example")])
    query = LogQuery.for_operator(acme, QueryDict())
    assert len(query.page().rows) == 2


def test_it_prints_the_sql_and_runs_nothing(citus, said):
    before = [keys(table) for table in event_tables()]
    lines = said(dry_run=True)
    assert all(line.endswith(";") for line in lines)
    assert "SELECT create_distributed_table('activity_actor', 'organization_id');" in lines
    assert [keys(table) for table in event_tables()] == before
    assert run("SELECT text FROM calls") == []
    assert said()[:-1] == lines


def test_it_adds_a_table_that_came_later_to_the_others(citus, said):
    run("INSERT INTO pg_dist_partition SELECT unnest(ARRAY['activity_actor', 'activity_event',"
        " 'activity_loghead'])::regclass, 'h'")  # fmt: skip
    said()
    assert run("SELECT text FROM calls ORDER BY number")[0] == (
        "distribute activity_logday beside activity_actor",
    )
    assert keys("activity_event")[0] == ["id"]
    assert keys("activity_logday") == ([COLUMN, "id"], [])


def test_it_does_all_or_nothing(citus, said):
    before = [keys(table) for table in event_tables()]
    run("DROP FUNCTION truncate_local_data_after_distributing_table")
    with pytest.raises(CommandError, match=r"does not exist(.|\n)*Nothing was changed\."):
        said()
    assert [keys(table) for table in event_tables()] == before


def test_it_refuses_without_citus(db, said):
    with pytest.raises(CommandError, match=r"CREATE EXTENSION citus.*Nothing was changed"):
        said()


def test_it_refuses_without_a_machine_for_the_events(citus, said):
    run("UPDATE pg_dist_node SET shouldhaveshards = false")
    with pytest.raises(CommandError, match=r"citus_add_node.*Nothing was changed"):
        said()


def test_it_distributes_what_was_restored(citus, said):
    """A dump of distributed tables contains their keys, but not their distribution."""
    said()
    before = [keys(table) for table in event_tables()]
    run("TRUNCATE pg_dist_partition")
    assert said()[-1] == "Done."
    assert [keys(table) for table in event_tables()] == before
