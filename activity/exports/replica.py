"""Choose the database to export from: the replica, a read-only copy, or the main database.

The replica may lag behind. It is used only if it has stored the log up to the head of the query.
So an export has the same content from either database.
"""

import logging
import time

from django.db import DEFAULT_DB_ALIAS, Error, connections

from activity.models import LogHead

REPLICA = "replica"
MAX_WAIT, PAUSE = 1.0, 0.05  # seconds

logger = logging.getLogger("activity.replica")  # the documented name


def reader(head: LogHead) -> str:
    """The alias of the database to read the log from, up to `head`."""
    if REPLICA not in connections.settings or not head.size:
        return DEFAULT_DB_ALIAS
    try:
        if _catches_up(head):
            return REPLICA
        logger.warning("The replica is behind. Exporting from the main database.")
    except Error as error:
        connections[REPLICA].close()
        logger.warning("No replica: %s Exporting from the main database.", error)
    return DEFAULT_DB_ALIAS


def _catches_up(head: LogHead) -> bool:
    deadline = time.monotonic() + MAX_WAIT
    while not _holds(head):
        if time.monotonic() > deadline:
            return False
        time.sleep(PAUSE)
    return True


def _holds(head: LogHead) -> bool:
    """Events and their head are committed together, so checking the head is enough."""
    return LogHead.objects.using(REPLICA).filter(pk=head.pk, size__gte=head.size).exists()
