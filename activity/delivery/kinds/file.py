"""Files of JSON lines, one per day (UTC), in the organization's folder of `DELIVERY_FILES_DIR`.

Lines count as delivered once they are synced to disk. If the machine failed in the middle of a
line, the incomplete line is removed before the next one is written.
"""

import errno
import fcntl
import os
import time
from collections.abc import Sequence
from datetime import UTC
from pathlib import Path
from typing import Any, BinaryIO, ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator, validate_slug
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from activity.delivery.forms import DestinationForm
from activity.delivery.kinds import KINDS
from activity.delivery.kinds.base import DestinationKind, Message, Unavailable
from activity.delivery.models import Destination
from activity.delivery.network.connections import Deadline
from activity.formats import to_json

CODE = "file"
MAX_NAME_LENGTH = 100  # the folder of the organization, the day and the suffix come to it
BLOCK_BYTES = 64 * 1024
LOCK_PAUSE_SECONDS = 0.05


class FileForm(DestinationForm):
    address_label = gettext_lazy("File name")
    address_help = gettext_lazy(
        "“activity” writes one file per day, such as activity-2026-11-22.ndjson."
    )
    folded: ClassVar[list[str]] = []

    def check_address(self, address: str) -> None:
        validate_slug(address)
        MaxLengthValidator(MAX_NAME_LENGTH)(address)

    def clean(self) -> dict[str, Any]:
        cleaned_data = super().clean()
        organization, address = self.owner(cleaned_data), cleaned_data.get("address")
        if organization and self.others(organization).filter(kind=CODE, address=address):
            self.add_error("address", _("Another destination writes to the files of this name."))
        return cleaned_data


class FileTransport:
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
        """Each batch has closed its file."""

    def _path(self) -> Path:
        """The file of today. Raises `OSError`, `Unavailable`."""
        if not settings.DELIVERY_FILES_DIR:
            raise Unavailable(_("File delivery is off: DELIVERY_FILES_DIR is not set."))
        for name in (self.folder_name, self.file_name):
            try:
                validate_slug(name)
            except ValidationError as error:
                raise Unavailable(_("“%s” is not a valid file name.") % name) from error
        top = Path(settings.DELIVERY_FILES_DIR).resolve()
        folder = top / self.folder_name
        folder.mkdir(mode=0o750, parents=True, exist_ok=True)
        if folder.resolve() != folder:
            raise Unavailable(_("The organization's folder is a link to another folder."))
        day = timezone.now().astimezone(UTC).date()
        return folder / f"{self.file_name}-{day:%Y-%m-%d}.ndjson"


def append(path: Path, lines: bytes) -> None:
    """Append `lines` to a file and sync it to disk. Raises `OSError`."""
    is_new = not path.exists()
    flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
    with os.fdopen(os.open(path, flags, 0o640), "r+b") as file:
        _lock(file)
        _remove_incomplete_line(file)
        file.write(lines)
        file.flush()
        os.fsync(file.fileno())
    if is_new:
        _sync_folder(path.parent)


def _lock(file: BinaryIO) -> None:
    """Lock the file. Raises `OSError` if another program holds the lock for too long."""
    deadline = Deadline.after(settings.DELIVERY_TIMEOUT)
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            try:
                time.sleep(min(LOCK_PAUSE_SECONDS, deadline.remaining()))
            except TimeoutError:
                raise OSError(errno.EWOULDBLOCK, _("another program has locked it")) from None
        else:
            return


def _remove_incomplete_line(file: BinaryIO) -> None:
    """Truncate the file after its last complete line, and go there."""
    end = file.seek(0, os.SEEK_END)
    while end:
        start = max(0, end - BLOCK_BYTES)
        file.seek(start)
        newline = file.read(end - start).rfind(b"\n")
        if newline >= 0:
            end = start + newline + 1
            break
        end = start
    file.seek(end)
    file.truncate()


def _sync_folder(folder: Path) -> None:
    """Sync the folder: only then is the entry of a new file on disk."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def has_folder() -> bool:
    return bool(settings.DELIVERY_FILES_DIR)


KINDS.register(
    DestinationKind(
        code=CODE,
        label=gettext_lazy("File of JSON lines"),
        description=gettext_lazy(
            "Files of JSON lines on the passaudit server, for a log collector that runs there."
        ),
        form=FileForm,
        transport=FileTransport,
        is_available=has_folder,
    )
)
