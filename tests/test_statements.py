"""The reader of SQL finds tables whose organization is not fixed."""

import pytest
from pglast.parser import ParseError

from tests.statements import loose_tables

WATCHED = ["event", "actor"]
ACTORS = "SELECT 1 FROM event JOIN actor ON actor.id = event.actor_id"


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT 1 FROM event WHERE event.organization_id = $1 AND (seq = 1 OR seq = 2)",
        "SELECT 1 FROM event AS e WHERE organization_id = 4::bigint",
        "SELECT 1 FROM event WHERE $1 = organization_id FOR UPDATE",
        "SELECT 1 FROM other",
        (
            f"{ACTORS} AND actor.organization_id = event.organization_id "
            "WHERE event.organization_id = 4"
        ),
        f"{ACTORS} WHERE event.organization_id = 4 AND actor.organization_id = 4",
        (
            "SELECT 1 FROM event e LEFT JOIN actor a ON a.organization_id = e.organization_id "
            "WHERE e.organization_id = $1"
        ),
        (
            "SELECT 1 FROM event e WHERE e.organization_id = $1 AND EXISTS "
            "(SELECT 1 FROM actor a WHERE a.organization_id = e.organization_id)"
        ),
        (
            "SELECT 1 FROM unnest($1::bigint[]) AS choice(key) CROSS JOIN LATERAL "
            "(SELECT seq FROM event WHERE event.organization_id = 4 LIMIT 3) AS found"
        ),
        "WITH event AS (SELECT 1) SELECT 1 FROM event",
        "INSERT INTO event (id, organization_id) VALUES ($1, $2), ($3, $4)",
        "INSERT INTO event (id, organization_id) SELECT * FROM unnest($1::uuid[], $2::bigint[])",
        (
            "INSERT INTO event (organization_id) SELECT e.organization_id FROM event e "
            "WHERE e.organization_id = $1"
        ),
        "INSERT INTO event (organization_id, seq) SELECT $1, seq FROM staging",
        "UPDATE event SET seq = 1 WHERE event.organization_id = $1",
        "DELETE FROM event WHERE event.organization_id = $1",
        "COPY event (id, organization_id) FROM STDIN",
        "COPY (SELECT 1 FROM event WHERE organization_id = $1) TO STDOUT (FORMAT csv)",
        "SET LOCAL statement_timeout = 10; SET LOCAL enable_bitmapscan = off",
    ],
)
def test_it_passes_what_keeps_to_one_log(sql):
    assert loose_tables(sql, WATCHED) == []


@pytest.mark.parametrize(
    ("sql", "loose"),
    [
        ("SELECT 1 FROM event", ["event event"]),
        ("SELECT 1 FROM event AS e WHERE e.id = $1", ["event e"]),
        ("SELECT 1 FROM event WHERE organization_id = $1 OR seq = 1", ["event event"]),
        ("SELECT 1 FROM event WHERE organization_id + 0 = $1", ["event event"]),
        ("SELECT 1 FROM event WHERE organization_id > $1", ["event event"]),
        ("SELECT 1 FROM event WHERE organization_id IN ($1, $2)", ["event event"]),
        ("SELECT 1 FROM event WHERE NOT (organization_id = $1)", ["event event"]),
        (f"{ACTORS} WHERE event.organization_id = 4", ["actor actor"]),
        (f"{ACTORS} AND actor.organization_id = event.organization_id", [
            "event event", "actor actor",
        ]),
        (("SELECT 1 FROM event e LEFT JOIN actor a ON a.organization_id = $1 "
         "AND e.organization_id = $1"), ["event e"]),
        ("SELECT 1 FROM event WHERE organization_id = $1 UNION SELECT 1 FROM event", [
            "event event",
        ]),
        (("SELECT 1 FROM event WHERE event.organization_id = $1 AND seq IN "
         "(SELECT event.seq FROM event)"), ["event event"]),
        (("SELECT (SELECT max(a.id) FROM actor a WHERE a.id = e.id) FROM event e "
         "WHERE e.organization_id = $1"), ["actor a"]),
        ("WITH found AS (SELECT 1 FROM event) SELECT 1 FROM found", ["event event"]),
        ("INSERT INTO event (id) VALUES ($1)", ["event event"]),
        ("INSERT INTO event (organization_id) SELECT s.organization_id FROM staging s", [
            "event event",
        ]),
        ("UPDATE event SET seq = 1 WHERE id = $1", ["event event"]),
        ("DELETE FROM event", ["event event"]),
        ("COPY event (id) FROM STDIN", ["event event"]),
        ("COPY event TO STDOUT", ["event event"]),
        ("COPY (SELECT 1 FROM event) TO STDOUT", ["event event"]),
    ],
)  # fmt: skip
def test_it_names_what_does_not(sql, loose):
    assert loose_tables(sql, WATCHED) == loose


def test_it_refuses_what_it_cannot_read():
    with pytest.raises(ParseError):
        loose_tables("SELECT FROM WHERE", WATCHED)
