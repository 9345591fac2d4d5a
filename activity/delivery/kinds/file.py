"""Files of JSON lines, one a day (UTC), in the organization's folder of `DELIVERY_FILES_DIR`.

What was written is on the disk before it counts as delivered. Every line is whole: the rest of one
that was broken off, because the machine failed, is cut away before the next.
"""

import errno
import fcntl
import os
import time
from collections.abc import Sequence
from datetime import UTC
from pathlib import Path
from typing import BinaryIO, ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_slug
from django.utils import timezone
from django.utils.translation import gettext as _

from activity.delivery.kinds.base import Message, Unavailable
from activity.delivery.models import Destination
from activity.delivery.network.deadlines import Deadline
from activity.formats import to_json

BLOCK = 64 * 1024
LOCK_PAUSE = 0.05


class FilesTransport:
    MAX_BATCH: ClassVar[int] = 1000

    def __init__(self, destination: Destination) -> None:
        self.folder_name = destination.organization.slug
        self.file_name = destination.address

    def send(self, messages: Sequence[Message]) -> None:
        lines = "".join(f"{to_json(message.content)}\n" for message in messages).encode()
        try:
            append(self._path(), lines)
        except OSError as error:
            facts = {"error": error.strerror or type(error).__name__}
            raise Unavailable(_("The file cannot be written: %(error)s.") % facts) from error

    def close(self) -> None:
        """Every batch has closed its file."""

    def _path(self) -> Path:
        """Where today's lines go. Raises `OSError`, `Unavailable`."""
        if not settings.DELIVERY_FILES_DIR:
            raise Unavailable(_("This site writes no files: DELIVERY_FILES_DIR is not set."))
        for name in (self.folder_name, self.file_name):
            try:
                validate_slug(name)
            except ValidationError as error:
                raise Unavailable(_("“%s” is no name for a file.") % name) from error
        top = Path(settings.DELIVERY_FILES_DIR).resolve()
        folder = top / self.folder_name
        folder.mkdir(mode=0o750, parents=True, exist_ok=True)
        if folder.resolve() != folder:
            raise Unavailable(_("The organization's folder leads elsewhere."))
        day = timezone.now().astimezone(UTC).date()
        return folder / f"{self.file_name}-{day:%Y-%m-%d}.ndjson"


def append(path: Path, lines: bytes) -> None:
    """Add `lines` to the end of a file, and see them on the disk. Raises `OSError`."""
    is_new = not path.exists()
    flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
    with os.fdopen(os.open(path, flags, 0o640), "r+b") as file:
        _lock(file)
        _cut_rest(file)
        file.write(lines)
        file.flush()
        os.fsync(file.fileno())
    if is_new:
        _sync_folder(path.parent)


def _lock(file: BinaryIO) -> None:
    """Keep other programs out. Raises `OSError` when one keeps us out for long."""
    deadline = Deadline.after(settings.DELIVERY_TIMEOUT)
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            try:
                time.sleep(min(LOCK_PAUSE, deadline.remaining()))
            except TimeoutError:
                raise OSError(errno.EWOULDBLOCK, _("another program has locked it")) from None
        else:
            return


def _cut_rest(file: BinaryIO) -> None:
    """Go to the end of the last whole line, which becomes the end of the file."""
    end = file.seek(0, os.SEEK_END)
    while end:
        start = max(0, end - BLOCK)
        file.seek(start)
        newline = file.read(end - start).rfind(b"\n")
        if newline >= 0:
            end = start + newline + 1
            break
        end = start
    file.seek(end)
    file.truncate()


def _sync_folder(folder: Path) -> None:
    """A new name is on the disk only when its folder is."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
