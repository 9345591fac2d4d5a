"""Fill a migrated PostgreSQL database with the generated dataset, in SQL.

Indexes and constraints of the event table are created after the rows. The rollups equal those that
`activity.recording` keeps; the part `check` compares them.
"""

import contextlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from importlib.resources import files

import psycopg

from benchmarks import dataset

CHUNK = 250_000
WORKERS = 2
SESSION = (
    "SET synchronous_commit = off; SET work_mem = '256MB'; SET maintenance_work_mem = '512MB';"
    "SET max_parallel_workers_per_gather = 2; SET max_parallel_maintenance_workers = 1;"
)

Say = Callable[[str], None]


def until() -> datetime:
    """The end of the dataset: the start of today, in UTC."""
    return datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def generate(url: str, events: int, say: Say) -> None:
    """Generate `events` events in the migrated, empty database at `url`."""
    with _session(url) as connection:
        say("organizations and actors")
        _people(connection)
        connection.execute(_statement("slots"))
        with connection.cursor().copy("COPY bench_slot FROM STDIN") as copy:
            for row in dataset.slots():
                copy.write_row(row)
        connection.execute("ANALYZE bench_slot")
        connection.execute(_statement("bases"), {"events": events, "chunk": CHUNK})
        connection.execute("ANALYZE bench_base")
        later = _take_off(connection)
    say("events")
    _in_parallel(url, [_fill(events, start) for start in range(1, events + 1, CHUNK)])
    say("indexes and constraints")
    _in_parallel(url, [(statement, None) for statement in later if "FOREIGN" not in statement])
    _in_parallel(url, [(statement, None) for statement in later if "FOREIGN" in statement])
    say("rollups")
    with _session(url) as connection:
        connection.execute(_statement("counted"))
        connection.execute("ANALYZE bench_counted")
        _in_parallel(
            url,
            [(_statement("days"), {"workers": WORKERS, "worker": n}) for n in range(WORKERS)],
        )
        connection.execute(_statement("heads"))
        connection.execute(_statement("finish"))
        connection.execute("VACUUM (ANALYZE)")


@contextlib.contextmanager
def _session(url: str) -> Iterator[psycopg.Connection]:
    # The client puts the parameters in: CREATE TABLE ... AS takes none from elsewhere.
    with psycopg.connect(url, autocommit=True, cursor_factory=psycopg.ClientCursor) as connection:
        connection.execute(SESSION)
        yield connection


def _statement(name: str) -> str:
    return files(__package__).joinpath("sql", f"{name}.sql").read_text()


def _people(connection: psycopg.Connection) -> None:
    connection.execute(_statement("customers"))
    with connection.cursor().copy("COPY bench_customer FROM STDIN") as copy:
        for customer in dataset.customers():
            copy.write_row((customer.pk, customer.first_actor, customer.actors, customer.dormant))
    connection.execute(_statement("people"))


def _fill(events: int, start: int) -> tuple[str, dict[str, object]]:
    """The statement that makes one chunk of events, and its parameters."""
    span = timedelta(days=dataset.DAYS)
    return _statement("events"), {
        "first": start,
        "last": min(start + CHUNK - 1, events),
        "chunk": (start - 1) // CHUNK,
        "since": until() - span,
        "step": span / events,
        "codes": dataset.type_codes(),
        "office": dataset.OFFICE_IP,
        "ipv6": dataset.IPV6_NETWORKS,
    }


def _in_parallel(url: str, statements: list[tuple[str, dict[str, object] | None]]) -> None:
    def run(job: tuple[str, dict[str, object] | None]) -> None:
        with _session(url) as connection:
            connection.execute(*job)

    with ThreadPoolExecutor(WORKERS) as pool:
        list(pool.map(run, statements))


def _take_off(connection: psycopg.Connection) -> list[str]:
    """Drop constraints and indexes of the event table; the statements that make them again."""
    later = []
    for name, definition in connection.execute(_statement("constraints")).fetchall():
        connection.execute(f'ALTER TABLE activity_event DROP CONSTRAINT "{name}"')
        later.append(f'ALTER TABLE activity_event ADD CONSTRAINT "{name}" {definition}')
    for name, definition in connection.execute(_statement("indexes")).fetchall():
        connection.execute(f'DROP INDEX "{name}"')
        later.append(definition)
    return later
