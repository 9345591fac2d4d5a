"""Reads the query plans of PostgreSQL, with the number of rows at each node."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import connection

EVENTS = "activity_event"
SORTS = ("Sort", "Incremental Sort")
BY_INDEX = ("Index Scan", "Index Only Scan")


@dataclass(frozen=True, slots=True)
class Plan:
    """The plan of one statement about events, with its actual row counts."""

    sql: str
    nodes: list[dict[str, Any]]

    def faults(self, most_sorted: int) -> list[str]:
        """Return the problems of the plan. It may sort at most `limit` rows at a time."""
        found = []
        for node in self.nodes:
            kind = node["Node Type"]
            if node.get("Relation Name") == EVENTS and (
                kind not in BY_INDEX or "organization_id = " not in node.get("Index Cond", "")
            ):
                found.append(f"{kind} of events: {node.get('Index Cond')}")
            if kind in SORTS and (rows := _rows_sorted(node)) > most_sorted:
                found.append(f"{kind} of {rows} rows")
        return found


@contextmanager
def explained() -> Iterator[list[Plan]]:
    """Run each SELECT about events twice, once with EXPLAIN, with the same settings."""
    plans: list[Plan] = []

    def explain(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if f'"{EVENTS}"' in sql and not sql.startswith("EXPLAIN"):
            with context["connection"].cursor() as cursor:
                cursor.execute(f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {sql}", params)
                (found,) = cursor.fetchone()
            tree = json.loads(found) if isinstance(found, str) else found
            plans.append(Plan(sql, list(_nodes(tree[0]["Plan"]))))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(explain):
        yield plans


def _nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for child in node.get("Plans", []):
        yield from _nodes(child)


def _rows_sorted(node: dict[str, Any]) -> int:
    """The number of input rows per execution."""
    (below,) = node["Plans"]
    rows = below["Actual Rows"] * below["Actual Loops"]
    return int(rows / max(node["Actual Loops"], 1))
