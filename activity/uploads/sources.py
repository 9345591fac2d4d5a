"""Opening of an uploaded file with the options of its import."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models.fields.files import FieldFile

from activity.importers.files.opening import OpenFile, open_rows
from activity.uploads.models import ImportJob


@contextmanager
def opened(
    job: ImportJob, on_read: Callable[[int], object] = lambda count: None
) -> Iterator[OpenFile]:
    """Open the file of `job`. Raises `Unusable`, and `OSError` if there is no file."""
    with ExitStack() as stack:

        def stream(file: FieldFile) -> Any:
            return stack.enter_context(file.storage.open(str(file.name), "rb")).file

        file = open_rows(
            stream(job.file),
            format_name=job.format,
            zone=ZoneInfo(job.time_zone),
            members=stream(job.members) if job.members else None,
            on_read=on_read,
        )
        with closing(file):
            yield file
