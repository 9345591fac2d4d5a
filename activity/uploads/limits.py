"""How large an upload may be, and how one that is larger is received."""

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import TemporaryFileUploadHandler

MEBIBYTE = 1024 * 1024
MEMBERS_MAX_BYTES = 16 * MEBIBYTE


def max_bytes() -> int:
    return settings.UPLOAD_MAX_MIB * MEBIBYTE


def max_bytes_of_members() -> int:
    """They are all read into memory before the first event is shown."""
    return min(max_bytes(), MEMBERS_MAX_BYTES)


class LimitedUploadHandler(TemporaryFileUploadHandler):
    """Writes uploads to disk as they come. What is too large, or comes after it, is not kept, and
    has a size of more than `max_bytes`.

    It is read to its end nevertheless: a browser shows no answer while it is still sending.
    """

    received = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self.received += len(raw_data)
        if self.received <= max_bytes():
            super().receive_data_chunk(raw_data, start)
        elif self.file.tell():
            self.file.seek(0)
            self.file.truncate()

    def file_complete(self, file_size: int) -> UploadedFile | None:
        is_whole = self.received <= max_bytes()
        return super().file_complete(file_size if is_whole else max_bytes() + file_size)
