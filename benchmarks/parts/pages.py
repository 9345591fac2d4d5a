"""SQL time of a page: all combinations of filters; first, middle and last page; both orders."""

import time
from functools import partial
from itertools import product
from typing import Any

from django.db import DatabaseError, connection, transaction

from activity.reading.timeouts import QueryTimeout
from benchmarks import queries
from benchmarks.options import Options
from benchmarks.parts import log
from benchmarks.queries import Parameters
from benchmarks.timing import Case, alternate, sql_clock, wall

SLOWEST = 12


def run(options: Options, size: int) -> dict[str, Any]:
    _earliest, latest = log.span()
    groups = {
        "single": queries.singles(latest),
        "pair": queries.pairs(latest),
        "all": queries.together(latest),
    }
    cases: dict[str, list[Case]] = {}
    for group, named in groups.items():
        for name, parameters in named.items():
            cases[f"{group}: {name}"] = list(_cases(parameters))
    series = [one for several in cases.values() for one in several]
    with connection.cursor() as cursor:  # what the first statement of a connection loads
        cursor.execute("SELECT 1")
    deadline = time.monotonic() + options.seconds * 0.9
    alternate(series, options.repeats, options.seconds * 0.7)
    return {
        "filters": {name: [one.figures() for one in several] for name, several in cases.items()},
        "slowest": [
            _explained(name, one) for name, one in _slowest(cases) if time.monotonic() < deadline
        ],
    }


def _cases(parameters: Parameters) -> list[Case]:
    found = []
    for position, order in product(log.POSITIONS, ("newest", "oldest")):
        full = log.at(position, parameters | {"order": order})
        found.append(Case(f"{position} page, {order} first", partial(_page, full)))
    return found


def _page(parameters: Parameters) -> float:
    if connection.vendor == "sqlite":  # works while rows are fetched, which no clock of SQL sees
        return wall(lambda: log.ask(parameters).page())
    with sql_clock() as clock:
        log.ask(parameters).page()
    return clock.milliseconds


def _slowest(cases: dict[str, list[Case]]) -> list[tuple[str, Case]]:
    def key(pair: tuple[str, Case]) -> float:
        figures = pair[1].figures()
        if figures["error"]:
            return float("inf")
        return figures["median"] if figures["median"] is not None else figures["first"] or 0

    flat = [(name, one) for name, several in cases.items() for one in several]
    return sorted(flat, key=key, reverse=True)[:SLOWEST]


def _explained(name: str, one: Case) -> dict[str, Any]:
    """The statements of one page, with the plan of the slowest."""
    with sql_clock() as clock:
        try:
            one.measure()
        except (DatabaseError, QueryTimeout) as error:
            one.error = str(error) or type(error).__name__
    sql, params, spent = max(clock.statements, key=lambda statement: statement[2])
    return {
        "filters": name,
        **one.figures(),
        "name": one.name,
        "statements": len(clock.statements),
        "slowest_statement": sql,
        "parameters": str(params)[:2000],
        "slowest_statement_ms": round(spent, 2),
        "plan": _plan(sql, params, _settings(clock.statements, sql)),
    }


def _settings(statements: list[tuple[str, Any, float]], sql: str) -> str:
    """The last `SET LOCAL` before the statement `sql`, which affects its plan."""
    setting = ""
    for statement, _params, _spent in statements:
        if statement == sql:
            break
        if statement.startswith("SET LOCAL"):
            setting = statement
    return setting


def _plan(sql: str, params: Any, setting: str = "") -> list[str]:
    if connection.vendor == "sqlite":
        explain = "EXPLAIN QUERY PLAN"
    else:
        explain = "EXPLAIN (ANALYZE, BUFFERS)"
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            if setting:
                cursor.execute(f"{setting}; SET LOCAL statement_timeout = 10000")
            cursor.execute(f"{explain} {sql}", params)
            return [str(row[-1]) for row in cursor.fetchall()]
    except DatabaseError as error:
        return [f"no plan: {error}"]
