"""A second database that follows the main one and is only read, by exports alone.

It may be behind. So it is asked first whether it holds the log as far as the question goes; if it
does not soon, the main one is read. Hence an export holds the same, wherever it comes from.
"""

import logging
import time

from django.db import DEFAULT_DB_ALIAS, Error, connections

from activity.models import LogHead

REPLICA = "replica"
PATIENCE, PAUSE = 1.0, 0.05  # seconds

logger = logging.getLogger("activity.replica")  # the documented name


def reader(head: LogHead) -> str:
    """The alias of the database to read a log from, as far as `head`."""
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
    deadline = time.monotonic() + PATIENCE
    while not _holds(head):
        if time.monotonic() > deadline:
            return False
        time.sleep(PAUSE)
    return True


def _holds(head: LogHead) -> bool:
    """An event and the head that counts it are stored at once, so this is enough to ask."""
    return LogHead.objects.using(REPLICA).filter(pk=head.pk, size__gte=head.size).exists()
