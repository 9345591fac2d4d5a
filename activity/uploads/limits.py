"""The size limits of uploads, and the upload handler that enforces them."""

from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import TemporaryFileUploadHandler

MEBIBYTE = 1024 * 1024
MEMBERS_MAX_BYTES = 16 * MEBIBYTE


def max_bytes() -> int:
    limit: int = settings.UPLOAD_MAX_MIB * MEBIBYTE
    return limit


def max_bytes_of_members() -> int:
    """The limit of the members file, which is read into memory as a whole."""
    return min(max_bytes(), MEMBERS_MAX_BYTES)


class LimitedUploadHandler(TemporaryFileUploadHandler):
    """Writes uploads to disk, up to `max_bytes` for all files of a request.

    A file that exceeds the limit, and each one after it, is discarded and gets a size above
    `max_bytes`. The request is still read to its end, because a browser shows no answer before it
    has sent everything.
    """

    received = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self.received += len(raw_data)
        if self.received <= max_bytes():
            super().receive_data_chunk(raw_data, start)
        elif self.file.tell():
            self.file.seek(0)
            self.file.truncate()

    def file_complete(self, file_size: int) -> "UploadedFile[Any] | None":
        is_whole = self.received <= max_bytes()
        return super().file_complete(file_size if is_whole else max_bytes() + file_size)
