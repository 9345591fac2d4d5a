"""Keep the statistics of PostgreSQL's planner fresh.

Pages do not depend on them (see the migration `planner_statistics`), but counts and exports are
planned better with them. Automatic ANALYZE may be switched off or late. SQLite needs none of this.
"""

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.db import connection

from activity.models import Actor, Event

CHECK_SECONDS = 60.0
MIN_CHANGES = 50_000  # rows
MAX_CHANGED_SHARE = 0.02
TABLES = (Event._meta.db_table, Actor._meta.db_table)
STALE_TABLES = """
    SELECT pg_stat_user_tables.relname
    FROM pg_stat_user_tables JOIN pg_class ON pg_class.oid = relid
    WHERE relid = ANY(%s::regclass[])
    AND pg_has_role(relowner, 'USAGE')  -- only its owner may analyze a table
    AND n_mod_since_analyze >= greatest(%s, %s * n_live_tup)
"""

logger = logging.getLogger(__name__)


def analyze(tables: Sequence[str] = TABLES) -> None:
    """Analyze `tables`, which takes about a second for each.

    PostgreSQL skips a table that is being analyzed already, or that belongs to another user.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            for table in tables:
                cursor.execute(f"ANALYZE (SKIP_LOCKED) {connection.ops.quote_name(table)}")
        logger.info("Analyzed %s.", ", ".join(tables))


def refresh() -> bool:
    """Analyze our tables with many new rows. Returns whether there were any."""
    if connection.vendor != "postgresql":
        return False
    with connection.cursor() as cursor:
        cursor.execute(STALE_TABLES, [list(TABLES), MIN_CHANGES, MAX_CHANGED_SHARE])
        stale = [name for (name,) in cursor.fetchall()]
    if stale:
        analyze(stale)
    return bool(stale)


@dataclass(slots=True)
class StatisticsWork:
    """The worker's task: refreshes the statistics, at most every `CHECK_SECONDS`."""

    next_check: float = 0.0

    def __call__(self, is_stopping: Callable[[], bool]) -> bool:
        """Return whether there was something to do."""
        if time.monotonic() < self.next_check:
            return False
        self.next_check = time.monotonic() + CHECK_SECONDS
        return refresh()


work = StatisticsWork()
