"""Triggers that refuse to change or delete rows of the log.

A database owner can drop them. `database_roles` prints the SQL of a role for the site that cannot.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from activity.scaling import distributed_tables

# Each table, with the columns of its unique constraints.
PROTECTED_TABLES = {
    "activity_event": ["id", "organization_id, seq"],
    "activity_actor": ["id", "organization_id, email, name"],
}
LIFTED = "passaudit.append_only_lifted"  # a setting of the transaction, on PostgreSQL

POSTGRESQL_FUNCTION = f"""
    CREATE OR REPLACE FUNCTION passaudit_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF current_setting('{LIFTED}', true) IS DISTINCT FROM 'on' THEN
            RAISE EXCEPTION '% is append-only: % refused.', TG_TABLE_NAME, TG_OP
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN NULL;
    END $$
"""


def install(connection: BaseDatabaseWrapper) -> None:
    """Create the triggers. Existing ones stay. Citus allows none on the tables it distributes."""
    tables = PROTECTED_TABLES.keys() - distributed_tables(connection)
    with connection.cursor() as cursor:
        for statement in _install_statements(connection.vendor, sorted(tables)):
            cursor.execute(statement)


def remove(connection: BaseDatabaseWrapper) -> None:
    """Drop the triggers."""
    with connection.cursor() as cursor:
        for statement in _remove_statements(connection.vendor):
            cursor.execute(statement)


@contextmanager
def lifted(using: str = DEFAULT_DB_ALIAS) -> Iterator[None]:
    """Allow changes of the log in this block, which is a transaction.

    Erasure and migrations of data may use it. Verification finds what they change.
    """
    connection = connections[using]
    with transaction.atomic(using=using):
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute(f"SET LOCAL {LIFTED} = 'on'")
                yield
                cursor.execute(f"SET LOCAL {LIFTED} = 'off'")
        else:
            remove(connection)
            yield
            install(connection)


def _install_statements(vendor: str, tables: list[str]) -> Iterator[str]:
    if vendor == "postgresql":
        yield POSTGRESQL_FUNCTION
        for table in tables:
            yield (
                "CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE "
                f"ON {table} FOR EACH STATEMENT EXECUTE FUNCTION passaudit_refuse_change()"
            )
    else:
        for table in tables:
            for operation in ("UPDATE", "DELETE"):
                yield _sqlite_trigger(table, operation, "")
            # REPLACE deletes rows without firing the trigger for DELETE.
            taken = " OR ".join(
                f"EXISTS (SELECT 1 FROM {table} WHERE ({columns}) = ({_of_new(columns)}))"  # noqa: S608
                for columns in PROTECTED_TABLES[table]
            )
            yield _sqlite_trigger(table, "INSERT", f"WHEN {taken} ")


def _sqlite_trigger(table: str, operation: str, condition: str) -> str:
    return (
        f"CREATE TRIGGER IF NOT EXISTS {_sqlite_name(table, operation)} BEFORE {operation} "
        f"ON {table} FOR EACH ROW {condition}BEGIN SELECT RAISE(ABORT, "
        f"'{table} is append-only: {operation} refused.'); END"
    )


def _sqlite_name(table: str, operation: str) -> str:
    return f"append_only_{table}_{operation.lower()}"


def _of_new(columns: str) -> str:
    return ", ".join(f"NEW.{column}" for column in columns.split(", "))


def _remove_statements(vendor: str) -> Iterator[str]:
    for table in PROTECTED_TABLES:
        if vendor == "postgresql":
            yield f"DROP TRIGGER IF EXISTS append_only ON {table}"
        else:
            for operation in ("UPDATE", "DELETE", "INSERT"):
                yield f"DROP TRIGGER IF EXISTS {_sqlite_name(table, operation)}"
