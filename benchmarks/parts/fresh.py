"""An organization that has just joined, without statistics of the planner, and then with them.

The largest log is copied into a new organization: 15 % of the table, in a database whose
statistics do not know of it. "After" is measured in a transaction that analyzes and is rolled
back, so that the two can take turns: before, after, after, before.
"""

import secrets
from collections.abc import Callable
from functools import partial
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.http import QueryDict

from activity import exports
from activity.exports import Format
from activity.models import Event
from activity.reading import feed, overview
from activity.reading.facets import counting
from activity.reading.query import LogQuery
from activity.recording import record, statistics
from benchmarks import native_rows, queries
from benchmarks.options import Options
from benchmarks.parts import log
from benchmarks.queries import Parameters
from benchmarks.timing import Case, alternate, wall
from organizations.models import Organization

COPY = """
    INSERT INTO activity_actor (organization_id, email, name, email_key, search_key)
    SELECT {target}, email, name, email_key, search_key FROM activity_actor
    WHERE organization_id = {source};

    INSERT INTO activity_event ({columns})
    SELECT {values}
    FROM activity_event AS event
    JOIN activity_actor AS old ON old.id = event.actor_id
    JOIN activity_actor AS new
        ON new.organization_id = {target} AND new.email = old.email AND new.name = old.name
    WHERE event.organization_id = {source};

    INSERT INTO activity_loghead (
        organization_id, size, type_counts, earliest, latest, time_zone,
        has_former_ids, uuid, hashed, frontier, salt_key
    )
    SELECT
        {target}, size, type_counts, earliest, latest, time_zone,
        has_former_ids, gen_random_uuid(), hashed, frontier, salt_key
    FROM activity_loghead
    WHERE organization_id = {source};

    INSERT INTO activity_logday (organization_id, day, type_counts, hours)
    SELECT {target}, day, type_counts, hours FROM activity_logday
    WHERE organization_id = {source};
"""
VALUES = {
    "id": "(left(replace(event.id::text, '-', ''), 13) || '0' || substr(md5(event.id::text), 1, 2)"
    " || 'a' || right(md5(event.id::text || '{target}'), 15))::uuid",
    "organization_id": "{target}",
    "actor_id": "new.id",
}


def run(options: Options, size: int) -> dict[str, Any]:
    settings.FACETS_SECONDS = settings.PAGE_SECONDS = 60.0  # a slow plan is to be seen as such
    fresh = _copied_log()
    before = {name: Case(name, partial(wall, action)) for name, action in _work(fresh).items()}
    after = {name: Case(name, partial(wall, action)) for name, action in _work(fresh).items()}
    seconds = options.seconds * 0.2
    for is_analyzed in (False, True, True, False):
        with transaction.atomic():
            if is_analyzed:
                statistics.analyze()
            cases = after if is_analyzed else before
            alternate([*cases.values()], options.repeats, seconds)
            transaction.set_rollback(True)
    return {
        "rows": log.head().size,
        "before": [case.figures() for case in before.values()],
        "after": [case.figures() for case in after.values()],
    }


def _copied_log() -> Organization:
    slug = f"fresh-{secrets.token_hex(4)}"
    fresh = Organization.objects.create(name=slug, slug=slug, plan="professional", time_zone="UTC")
    columns = [str(field.column) for field in Event._meta.concrete_fields]
    values = [VALUES.get(name, f"event.{name}").format(target=fresh.pk) for name in columns]
    with connection.cursor() as cursor:
        cursor.execute(
            COPY.format(
                source=log.organization().pk,
                target=fresh.pk,
                columns=", ".join(columns),
                values=", ".join(values),
            )
        )
    return fresh


def _work(organization: Organization) -> dict[str, Callable[[], Any]]:
    """Everything that reads a log, and writing to it, by name."""
    latest = log.span()[1]
    filters = queries.singles(latest) | queries.pairs(latest) | queries.together(latest)
    work: dict[str, Callable[[], Any]] = {}
    for name, parameters in filters.items():
        for position in log.POSITIONS if name in queries.singles(latest) else ("first",):
            asked = log.at(position, parameters)
            work[f"{name}, {position} page"] = partial(_page, organization, asked)
    for name, parameters in queries.singles(latest).items():
        work[f"{name}, counts"] = partial(_counts, organization, parameters)
        work[f"{name}, feed"] = partial(_feed, organization, parameters)
        work[f"{name}, beginning of the CSV"] = partial(_csv, organization, parameters)
    work["record() of 500 events"] = partial(_record, organization)
    work["card of the home page"] = partial(overview.activity_card, log.superuser(), organization)
    return work


def _ask(organization: Organization, parameters: Parameters) -> LogQuery:
    dictionary = QueryDict(mutable=True)
    dictionary.update(parameters)
    return LogQuery.for_operator(organization, dictionary)


def _page(organization: Organization, parameters: Parameters) -> None:
    _ask(organization, parameters).page()


def _counts(organization: Organization, parameters: Parameters) -> None:
    counting.summarize(_ask(organization, parameters))


def _feed(organization: Organization, parameters: Parameters) -> None:
    query = _ask(organization, parameters)
    feed.read(query, query.head.size // 2, 500)


def _csv(organization: Organization, parameters: Parameters) -> None:
    with transaction.atomic():  # ending COPY early fails the transaction
        pieces = exports.stream(_ask(organization, parameters), Format.CSV)
        next(pieces)  # the headings
        next(pieces, None)
        del pieces
        transaction.set_rollback(True)


def _record(organization: Organization) -> None:
    with transaction.atomic():
        record(organization, native_rows.batches(1, 500, seed=secrets.randbits(32))[0])
        transaction.set_rollback(True)
