"""A program that exports a large log and prints time and memory for each format, as JSON.

`python -m tests.activity.large_export ROWS` works in a transaction and rolls it back.
"""

import json
import resource
import sys

import django
from django.core.management import call_command
from django.db import connection, transaction
from django.http import QueryDict

django.setup()

from activity import exports  # noqa: E402 - models come after the set-up
from activity.models import LogHead  # noqa: E402
from activity.reading.query import LogQuery  # noqa: E402
from organizations.models import Organization  # noqa: E402
from tests.factories import OrganizationFactory, event  # noqa: E402

COPIED = (
    "organization_id, received_at, actor_id, event_type, ip, vault_id, item_id, client, source, "
    "source_id, data"
)
INSERT = f"INSERT INTO activity_event (id, seq, occurred_at, {COPIED}) "
MULTIPLY = {
    "postgresql": INSERT + "SELECT gen_random_uuid(), number, "
    f"occurred_at + number * interval '1 second', {COPIED} "
    "FROM activity_event, generate_series(2, %s) AS numbers(number) WHERE organization_id = %s",
    "sqlite": "WITH RECURSIVE numbers(number) AS "
    "(SELECT 2 UNION ALL SELECT number + 1 FROM numbers WHERE number < %s) "
    + INSERT
    + "SELECT lower(hex(randomblob(16))), number, "
    f"datetime(occurred_at, '+' || number || ' seconds'), {COPIED} "
    "FROM activity_event, numbers WHERE organization_id = %s",
}


def peak() -> int:
    """The peak memory of this process in bytes. Linux reports KiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def grown(rows: int) -> Organization:
    """An organization with `rows` events."""
    organization = OrganizationFactory(slug="large-export")
    event(organization, data={"app": "Proton Pass for Firefox"}, client="Firefox")
    with connection.cursor() as cursor:
        cursor.execute(MULTIPLY[connection.vendor], [rows, organization.pk])
        cursor.execute("ANALYZE activity_event")
    LogHead.objects.filter(organization=organization).update(size=rows)
    return organization


def measured(organization: Organization, form: exports.Format) -> dict[str, int]:
    query = LogQuery.for_operator(organization, QueryDict())
    before = peak()
    sizes, lines = [], 0
    for piece in exports.stream(query, form):
        sizes.append(len(piece))
        lines += piece.count(b"\n")
    return {
        "growth": peak() - before,
        "lines": lines,
        "bytes": sum(sizes),
        "largest": max(sizes),
    }


def main() -> None:
    if connection.vendor == "sqlite":
        call_command("migrate", verbosity=0)
    with transaction.atomic():
        organization = grown(int(sys.argv[1]))
        print(json.dumps({form: measured(organization, form) for form in exports.Format}))  # noqa: T201
        transaction.set_rollback(True)


if __name__ == "__main__":
    main()
