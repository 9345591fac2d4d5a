"""What the log says of failures that need no traceback."""

import logging

from django.core.exceptions import DisallowedHost

from activity.database_errors import DATABASE_ERRORS, on_one_line

MAX_CHARACTERS = 400
WITHOUT_TRACEBACK = (DisallowedHost, *DATABASE_ERRORS)


class ExpectedFailures(logging.Filter):
    """Tells of a database that is away, or of a request under a wrong name, on one line."""

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        if isinstance(error, WITHOUT_TRACEBACK):
            message, reason = record.getMessage(), on_one_line(error)
            told = message if reason in message else f"{message} ({reason})"
            record.msg, record.args = told[:MAX_CHARACTERS], ()
            record.exc_info = record.exc_text = None
        return True
