"""Check that generated rollups and sequences equal those that recording keeps."""

from typing import Any

from django.db import connection, transaction

from activity.models import LogDay, LogHead
from activity.recording import daily_counts
from benchmarks.options import Options

SAMPLE = ("org-10", "org-1000")
GAPS = """
    SELECT count(*) FROM (
        SELECT 1 FROM activity_event JOIN activity_loghead USING (organization_id)
        GROUP BY organization_id, size
        HAVING count(*) <> size OR min(seq) <> 1 OR max(seq) <> size
    ) AS wrong
"""


def run(options: Options, size: int) -> dict[str, Any]:
    with connection.cursor() as cursor:
        cursor.execute(GAPS)
        (gaps,) = cursor.fetchone()
    return {
        "organizations_with_gaps": gaps,
        "rollups_equal": {slug: _rollups_are_equal(slug) for slug in SAMPLE},
    }


def _rollups_are_equal(slug: str) -> bool:
    """Recount the days of one organization, compare, and roll back."""
    with transaction.atomic():
        head = LogHead.objects.select_related("organization").get(organization__slug=slug)
        generated = _days(head)
        daily_counts.recount(head)
        is_equal = generated == _days(head)
        transaction.set_rollback(True)
    return is_equal


def _days(head: LogHead) -> list[tuple[Any, ...]]:
    rows = LogDay.objects.filter(organization=head.organization).order_by("day")
    return list(rows.values_list("day", "type_counts", "hours"))
