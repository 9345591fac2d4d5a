"""Distribute the tables of events over several servers by organization, with Citus.

In Django these tables keep a primary key and foreign keys of one column. In the database each key
includes the organization. Every statement names the organization, so one server answers it.

Only the tables of this app are distributed. All others, including API keys, destinations and
uploads, stay local tables on the coordinator: they are small, are looked up or locked across
organizations, and are never joined with events. So no reference table is needed. A reference table
would restart the numbering of rows in every table that refers to it. Afterwards only Django checks
the foreign key to the organization.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from django.apps import apps
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

COLUMN = "organization_id"
CITUS = "pg_extension WHERE extname = 'citus'"


class CannotDistribute(Exception):  # noqa: N818 - reads as what it is
    """A requirement is missing. The message says what to do. Nothing was changed."""


@dataclass(frozen=True, slots=True)
class Key:
    """A primary key, or a foreign key to the table `target`."""

    table: str
    name: str
    columns: list[str]
    target: str


def event_tables() -> dict[str, str]:
    """The tables to distribute, in the order of their models, with Django's primary key column."""
    options = [model._meta for model in apps.get_app_config("activity").get_models()]
    return {
        option.db_table: str(option.pk.column)
        for option in options
        if option.pk and any(field.attname == COLUMN for field in option.concrete_fields)
    }


def check(connection: BaseDatabaseWrapper) -> None:
    """Raises `CannotDistribute` if the database does not meet the requirements."""
    if connection.vendor != "postgresql":
        raise CannotDistribute(
            "This database is SQLite, which lives on one machine. Move to PostgreSQL first: "
            "docs/moving.md says how."
        )
    if not _has(connection, CITUS):
        raise CannotDistribute(
            "This PostgreSQL has no Citus. On every machine, install the package of Citus for "
            "your version of PostgreSQL, set shared_preload_libraries = 'citus', restart, and "
            "run CREATE EXTENSION citus in this database."
        )
    if not _has(connection, "pg_dist_node WHERE isactive AND shouldhaveshards"):
        raise CannotDistribute(
            "Citus knows no machine that could take the events. Run, with the addresses of yours, "
            "SELECT citus_set_coordinator_host('10.0.0.1', 5432) and, for each of the others, "
            "SELECT citus_add_node('10.0.0.2', 5432)."
        )


@cache
def has_citus(using: str) -> bool:
    """Whether the database has Citus. Looked up once per process."""
    connection = connections[using]
    return connection.vendor == "postgresql" and _has(connection, CITUS)


def statements(connection: BaseDatabaseWrapper) -> list[str]:
    """The remaining SQL statements, in order. Empty if everything is distributed."""
    done = distributed_tables(connection)
    tables = [table for table in event_tables() if table not in done]
    keys = [key for table in tables for key in _keys(connection, table)]
    foreign_keys = [key for key in keys if key.target]
    return [
        *_drop_triggers(connection, tables),
        *(f"ALTER TABLE {key.table} DROP CONSTRAINT {key.name}" for key in foreign_keys),
        *_primary_keys(keys),
        *_distribute(tables, beside=min(done, default=None)),
        *_foreign_keys(foreign_keys),
        # The hidden copies of the rows that the coordinator has kept.
        *(f"SELECT truncate_local_data_after_distributing_table('{table}')" for table in tables),
    ]


def _has(connection: BaseDatabaseWrapper, rows: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT EXISTS (SELECT FROM {rows})")  # noqa: S608 - our own SQL
        return bool(cursor.fetchone()[0])


def distributed_tables(connection: BaseDatabaseWrapper) -> set[str]:
    """The tables that Citus has distributed."""
    if connection.vendor != "postgresql" or not _has(connection, CITUS):
        return set()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT logicalrelid::regclass::text FROM pg_dist_partition WHERE partmethod = 'h'"
        )
        return {table for (table,) in cursor.fetchall()}


def _drop_triggers(connection: BaseDatabaseWrapper, tables: list[str]) -> Iterator[str]:
    """Citus does not distribute a table that has triggers."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgrelid::regclass::text, tgname FROM pg_trigger "
            "WHERE NOT tgisinternal AND tgrelid = ANY(%s::regclass[]) ORDER BY 1, 2",
            [tables],
        )
        for table, name in cursor.fetchall():
            yield f"DROP TRIGGER {name} ON {table}"


def _keys(connection: BaseDatabaseWrapper, table: str) -> Iterator[Key]:
    with connection.cursor() as cursor:
        constraints = connection.introspection.get_constraints(cursor, table)
    for name, constraint in sorted(constraints.items()):
        if constraint["primary_key"] or constraint["foreign_key"]:
            target, _column = constraint["foreign_key"] or ("", "")
            yield Key(table, name, constraint["columns"], target)


def _primary_keys(keys: list[Key]) -> Iterator[str]:
    """In Citus every unique constraint must include the distribution column."""
    for key in keys:
        if not key.target and COLUMN not in key.columns:
            columns = ", ".join([COLUMN, *key.columns])
            yield (
                f"ALTER TABLE {key.table} DROP CONSTRAINT {key.name}, "
                f"ADD CONSTRAINT {key.name} PRIMARY KEY ({columns})"
            )


def _distribute(tables: list[str], *, beside: str | None) -> Iterator[str]:
    """Place all rows of an organization, in all tables, on one server."""
    for table in tables:
        group = f", colocate_with => '{beside}'" if beside else ""
        yield f"SELECT create_distributed_table('{table}', '{COLUMN}'{group})"
        beside = beside or table


def _foreign_keys(keys: list[Key]) -> Iterator[str]:
    """The foreign keys between distributed tables, with the organization added."""
    tables = event_tables()
    for key in keys:
        if key.target in tables:
            columns = [COLUMN, *(column for column in key.columns if column != COLUMN)]
            yield (
                f"ALTER TABLE {key.table} ADD CONSTRAINT {key.name} "
                f"FOREIGN KEY ({', '.join(columns)}) "
                f"REFERENCES {key.target} ({COLUMN}, {tables[key.target]}) "
                "DEFERRABLE INITIALLY DEFERRED"
            )
