"""The PostgreSQL databases of a run, and facts about the server."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

FACTS = ("server_version", "shared_buffers", "work_mem", "jit", "autovacuum", "max_wal_size")


def url_of(server: str, name: str, **parameters: str) -> str:
    """The URL of the database `name` on `server`."""
    query = "&".join(f"{key}={value}" for key, value in parameters.items())
    return urlunsplit(urlsplit(server)._replace(path=f"/{name}", query=query))


@contextmanager
def database(server: str, name: str, *, keep: bool) -> Iterator[str]:
    """A new, empty database, or one that was filled and kept. Dropped at the end unless it is to
    be kept. Yields its address.
    """
    if not (keep and seconds_to_fill(server, name)):
        _drop(server, name)
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    try:
        yield url_of(server, name)
    finally:
        if not keep:
            _drop(server, name)


def seconds_to_fill(server: str, name: str) -> float | None:
    """Seconds that filling the database took; None when it is missing or incomplete."""
    with psycopg.connect(server) as connection:
        row = connection.execute(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s",
            [name],
        ).fetchone()
    return float(row[0]) if row and row[0] else None


def mark_filled(server: str, name: str, seconds: float) -> None:
    """Mark the database as complete."""
    with psycopg.connect(server, autocommit=True) as connection:
        comment = sql.SQL("COMMENT ON DATABASE {} IS {}")
        connection.execute(comment.format(sql.Identifier(name), sql.Literal(str(seconds))))


def _drop(server: str, name: str) -> None:
    with psycopg.connect(server, autocommit=True) as connection:
        drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
        connection.execute(drop.format(sql.Identifier(name)))


def facts(url: str) -> dict[str, str]:
    """Version, and settings that affect speed."""
    with psycopg.connect(url) as connection:
        rows = connection.execute(
            "SELECT name, current_setting(name) FROM pg_settings WHERE name = ANY(%s)",
            [list(FACTS)],
        )
        return dict(rows.fetchall())


def sizes(url: str) -> dict[str, int]:
    """Bytes of the event table's heap, of its indexes and of the whole database."""
    with psycopg.connect(url) as connection:
        row = connection.execute(
            "SELECT pg_table_size('activity_event'), pg_indexes_size('activity_event'),"
            " pg_database_size(current_database())"
        ).fetchone()
    return dict(zip(("heap", "indexes", "database"), row or (), strict=True))


def psql(url: str, statement: str) -> None:
    """Run one statement in psql and discard its standard output."""
    command = ["psql", url, "--no-psqlrc", "--quiet", "--set", "ON_ERROR_STOP=1"]
    subprocess.run(command, input=statement.encode(), stdout=subprocess.DEVNULL, check=True)
