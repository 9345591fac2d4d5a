"""How large an upload may be, and how one that is larger is received."""

from typing import Any

from django.conf import settings
from django.core.files.uploadhandler import TemporaryFileUploadHandler

MEBIBYTE = 1024 * 1024


def max_bytes() -> int:
    return settings.UPLOAD_MAX_MIB * MEBIBYTE


class LimitedUploadHandler(TemporaryFileUploadHandler):
    """Writes uploads to disk as they come; of one that is too large only the size is kept.

    It is read to its end nevertheless: a browser shows no answer while it is still sending.
    """

    def new_file(self, *args: Any, **options: Any) -> None:
        super().new_file(*args, **options)
        self._is_too_large = False

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        if self._is_too_large:
            return
        if start + len(raw_data) > max_bytes():
            self._is_too_large = True
            self.file.seek(0)
            self.file.truncate()
        else:
            super().receive_data_chunk(raw_data, start)
