"""Data on standard output, and what happens when it cannot be written."""

import errno
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.management.base import CommandError, OutputWrapper
from django.utils.translation import gettext as _


@contextmanager
def standard_output(stdout: OutputWrapper) -> Iterator[Any]:
    """The binary file under `stdout`. Raises `CommandError` if the block cannot write to it."""
    file = getattr(stdout, "buffer", sys.stdout.buffer)
    try:
        yield file
        file.flush()
    except OSError as error:
        _give_up()
        if error.errno == errno.EPIPE:
            raise CommandError(_("Stopped: nobody reads the output any more.")) from None
        message = _("Cannot write to standard output: %(error)s. The output is incomplete.")
        raise CommandError(message % {"error": error.strerror}) from None


def _give_up() -> None:
    """Send the rest nowhere. Otherwise Python reports the error again when it flushes at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
