"""Report rejected rows, and copy them to a file for repair."""

from collections.abc import Callable
from typing import BinaryIO

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from activity.importers.files.rows import Raw, Rejected, Unusable

MAX_MESSAGES = 100


class Rejects:
    """Reports the first `MAX_MESSAGES` rows through `say`, and copies all rows to `file`.

    The copy can be repaired and imported.
    """

    def __init__(self, say: Callable[[str], object], file: BinaryIO | None = None) -> None:
        self._say = say
        self._file = file
        self._has_heading = False
        self._count = 0

    def add(self, rejected: Rejected) -> None:
        self._count += 1
        if self._count <= MAX_MESSAGES:
            self._say(f"{rejected.raw.place}: {rejected.reason}")
        if self._file is not None and rejected.raw.content:
            self._copy(self._file, rejected.raw)

    def close(self) -> None:
        """Report the number of rows beyond `MAX_MESSAGES`."""
        silent = self._count - MAX_MESSAGES
        if silent > 0:
            message = ngettext("... and %(count)d more", "... and %(count)d more", silent)
            self._say(message % {"count": silent})

    def _copy(self, file: BinaryIO, raw: Raw) -> None:
        try:
            self._write(file, raw)
        except OSError as error:
            message = _("The rejected rows cannot be written: %(error)s.")
            raise Unusable(message % {"error": error.strerror}) from error

    def _write(self, file: BinaryIO, raw: Raw) -> None:
        content = raw.content
        if raw.heading and not self._has_heading:
            file.write(raw.heading)
            self._has_heading = True
        if not raw.heading:
            content = b" ".join(content.splitlines())  # JSON: one row a line
        file.write(content if content.endswith(b"\n") else content + b"\n")
