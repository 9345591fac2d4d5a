"""How processes start and fail: a line on standard error in place of a traceback.

`manage.py` and `gunicorn.conf.py` use it.
"""

import errno
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError

from activity.database_errors import DATABASE_ERRORS, is_without_tables, on_one_line

EXIT_STATUS = 2
CANNOT_WRITE = {errno.EPIPE, errno.ENOSPC, errno.EDQUOT, errno.EIO}


def load_settings() -> None:
    """Read the settings. If some are wrong, print a line for each and end the process."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "passaudit.settings")
    try:
        _ = settings.DEBUG  # Django reads all of them at the first access
    except ImproperlyConfigured as error:
        _fail(*str(error).splitlines())


@contextmanager
def told_failures() -> Iterator[None]:
    """End the process when the database cannot be used, or output cannot be written."""
    try:
        try:
            yield
        finally:
            sys.stdout.flush()
    except (DatabaseError, *DATABASE_ERRORS) as error:
        if is_without_tables(error):
            _fail(f"{on_one_line(error)}. Make the tables: manage.py migrate")
        if not isinstance(error, DATABASE_ERRORS):
            raise
        _fail(f"the database failed: {on_one_line(error)}")
    except OSError as error:
        if error.errno not in CANNOT_WRITE:
            raise
        # Otherwise Python reports the error again when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        _fail(f"output cannot be written: {error.strerror}")


def _fail(*problems: str) -> None:
    for problem in problems:
        sys.stderr.write(f"passaudit: {problem}\n")
    raise SystemExit(EXIT_STATUS)
