"""Write the files that commands are told to write.

A regular file is replaced once the new content is complete, and keeps its mode and owner. Symbolic
links are followed. A device, a FIFO or a socket is written to and stays what it is.
"""

import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

NEW_FILE_MODE = 0o666  # less the umask
PARTIAL_FILE_MODE = 0o600


@contextmanager
def output_file(path: Path) -> Iterator[BinaryIO]:
    """A file object for the new content of `path`.

    If the block raises, a regular file is as it was before. Raises `OSError`.
    """
    present = _status(path)
    target = Path(os.path.realpath(path))
    if present and not (stat.S_ISREG(present.st_mode) and _is_same(target, present)):
        with path.open("wb") as file:
            yield file
        return
    partial = target.with_name(f".passaudit-{secrets.token_hex(8)}.partial")
    mode = PARTIAL_FILE_MODE if present else NEW_FILE_MODE
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
    try:
        with os.fdopen(os.open(partial, flags, mode), "wb") as file:
            if present:
                _take_over(file, present)
            yield file
            file.flush()
            os.fsync(file.fileno())
        partial.replace(target)
    finally:
        with suppress(OSError):
            partial.unlink()


def _status(path: Path) -> os.stat_result | None:
    """The status of the file, or of what a link leads to. None if there is nothing."""
    try:
        return path.stat()
    except FileNotFoundError:
        return None


def _is_same(target: Path, present: os.stat_result) -> bool:
    """False for `/dev/stdout`, when it leads to a file that was deleted."""
    status = _status(target)
    return status is not None and os.path.samestat(status, present)


def _take_over(file: BinaryIO, present: os.stat_result) -> None:
    """Give `file` the owner and the mode of the present one. Only root can give the owner."""
    with suppress(PermissionError):
        os.fchown(file.fileno(), present.st_uid, present.st_gid)
    os.fchmod(file.fileno(), stat.S_IMODE(present.st_mode))
