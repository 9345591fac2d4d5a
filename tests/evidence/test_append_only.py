"""The database itself refuses to change or delete events and actors."""

import pytest
from django.core.management import CommandError, call_command
from django.db import Error, IntegrityError, connection, models, transaction

from activity.evidence import append_only
from activity.models import Actor, Event
from activity.recording import record
from tests.factories import draft, event

pytestmark = pytest.mark.django_db


def run(sql, *parameters):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, parameters)


def stored():
    return list(Event.objects.values()), list(Actor.objects.values())


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE activity_event SET event_type = 'item.deleted'",
        "UPDATE activity_actor SET name = 'Somebody else'",
        "DELETE FROM activity_event WHERE seq = 1",
        "DELETE FROM activity_event",
        "DELETE FROM activity_actor",
    ],
)
def test_it_refuses_sql_that_changes_or_deletes(acme, sql):
    event(acme)
    before = stored()
    with pytest.raises(IntegrityError, match=r"activity_(event|actor) is append-only"):
        run(sql)
    assert stored() == before


@pytest.mark.postgresql
@pytest.mark.parametrize(
    "sql",
    [
        "TRUNCATE activity_event",
        "TRUNCATE activity_actor CASCADE",
        "TRUNCATE organizations_organization CASCADE",
        """INSERT INTO activity_event SELECT * FROM activity_event
           ON CONFLICT (id) DO UPDATE SET event_type = 'item.deleted'""",
    ],
)
def test_it_refuses_the_other_ways_of_postgresql(acme, sql):
    event(acme)
    before = stored()
    run("SET CONSTRAINTS ALL IMMEDIATE")
    with pytest.raises(IntegrityError, match="is append-only"):
        run(sql)
    assert stored() == before


@pytest.mark.sqlite
@pytest.mark.parametrize("table", append_only.PROTECTED_TABLES)
def test_it_refuses_to_replace_a_row(acme, table):
    event(acme)
    before = stored()
    with pytest.raises(IntegrityError, match=f"{table} is append-only: INSERT"):
        run(f"REPLACE INTO {table} SELECT * FROM {table}")
    assert stored() == before


@pytest.mark.sqlite
@pytest.mark.parametrize("key", ["id", "seq"])
def test_it_refuses_to_replace_an_event_by_either_key(acme, key):
    event(acme)
    before = stored()
    columns = [field.column for field in Event._meta.concrete_fields]
    values = [
        column if column == key or column not in {"id", "seq"} else "99" for column in columns
    ]
    with pytest.raises(IntegrityError, match="is append-only: INSERT"):
        run(f"REPLACE INTO activity_event ({', '.join(columns)})"
            f" SELECT {', '.join(values)} FROM activity_event")  # fmt: skip
    assert stored() == before


def test_it_allows_changes_in_a_block_that_says_so(acme):
    event(acme, event_type="item.read")
    with append_only.lifted():
        run("UPDATE activity_event SET event_type = 'item.used'")
    assert Event.objects.get().event_type == "item.used"
    with pytest.raises(IntegrityError):
        run("UPDATE activity_event SET event_type = 'item.deleted'")


def test_it_refuses_again_after_a_block_that_failed(acme):
    event(acme)
    with pytest.raises(Error), append_only.lifted():
        run("DELETE FROM activity_event WHERE there_is_no_such_column = 1")
    assert Event.objects.count() == 1
    with pytest.raises(IntegrityError):
        run("DELETE FROM activity_event")


def test_it_still_records_and_finds_duplicates(acme):
    batch = [draft(source_id="1"), draft(source_id="2", email="b@acme.example")]
    assert record(acme, batch).accepted == 2
    assert record(acme, batch, expects_new=True).duplicates == 2


@pytest.mark.sqlite
@pytest.mark.django_db(transaction=True)
def test_it_comes_back_after_a_migration_that_makes_the_table_anew(acme):
    event(acme)
    field = models.CharField(max_length=101)
    field.set_attributes_from_name("event_type")
    with connection.schema_editor() as editor:
        editor.alter_field(Event, Event._meta.get_field("event_type"), field)
    call_command("migrate", verbosity=0)
    with pytest.raises(IntegrityError):
        run("DELETE FROM activity_event")
    with connection.schema_editor() as editor:
        editor.alter_field(Event, field, Event._meta.get_field("event_type"))
    call_command("migrate", verbosity=0)


@pytest.fixture
def site_role(db, capsys):
    """The role that `database_roles` describes, for the rest of the test."""
    call_command("database_roles", role="passaudit_test_site")
    for statement in capsys.readouterr().out.splitlines():
        run(statement)
    run("SET LOCAL ROLE passaudit_test_site")
    yield "passaudit_test_site"
    run("RESET ROLE")


@pytest.mark.postgresql
def test_it_gives_the_site_a_role_that_can_record(acme, site_role):
    assert record(acme, [draft(), draft(email="other@acme.example")]).accepted == 2
    assert Event.objects.filter(organization=acme).count() == 2
    acme.name = "Acme"
    acme.save()


@pytest.mark.postgresql
@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE activity_event SET seq = 2",
        "DELETE FROM activity_actor",
        "TRUNCATE activity_event",
        "ALTER TABLE activity_event DISABLE TRIGGER ALL",
        "DROP TRIGGER append_only ON activity_event",
        "DROP FUNCTION passaudit_refuse_change CASCADE",
        "UPDATE django_migrations SET name = 'x'",
    ],
)
def test_it_gives_the_site_a_role_that_cannot_change_the_log(acme, site_role, sql):
    with append_only.lifted(), pytest.raises(Error, match=r"denied|must be owner"):
        run(sql)


@pytest.mark.postgresql
def test_it_describes_the_role_again_after_an_upgrade(site_role, capsys):
    run("RESET ROLE")
    call_command("database_roles", role=site_role)
    for statement in capsys.readouterr().out.splitlines():
        run(statement)


@pytest.mark.postgresql
def test_it_warns_the_owner_and_not_the_site(site_role):
    from activity.evidence.checks import check_role

    assert check_role(databases=["default"]) == []
    run("RESET ROLE")
    (warning,) = check_role(databases=["default"])
    assert warning.id == "evidence.W001"
    assert "activity_event, activity_actor" in warning.msg
    assert check_role(databases=None) == []


@pytest.mark.sqlite
def test_it_says_that_sqlite_has_no_roles():
    with pytest.raises(CommandError, match="Move to PostgreSQL"):
        call_command("database_roles")
