"""Delete uploaded files that are no longer needed."""

import re
from datetime import UTC, datetime, timedelta

from django.utils import timezone

from activity.uploads.models import FILES, ImportJob, Status, uploads_storage

OUR_NAME = re.compile("[0-9a-f]{32}")  # see `models.random_name`
CONFIRM_WITHIN = timedelta(days=1)
KEEP_FOR = timedelta(days=30)


def clean_up() -> bool:
    """Cancel unconfirmed imports and delete unneeded files; True if there were any."""
    now = timezone.now()
    unconfirmed = ImportJob.objects.filter(
        status=Status.WAITING, created_at__lt=now - CONFIRM_WITHIN
    )
    cancelled = [job.cancel() for job in unconfirmed]
    ended = ImportJob.objects.filter(finished_at__lt=now - KEEP_FOR).exclude(
        file="", members="", rejects=""
    )
    for job in ended:
        job.delete_files()
    return bool(any(cancelled) | bool(ended) | _delete_strays(now - CONFIRM_WITHIN))


def _delete_strays(before: datetime) -> bool:
    """Delete files that belong to no import, such as those of a deleted organization.

    Files whose name `models.random_name` cannot have produced are kept, in case `UPLOADS_DIR` also
    holds other files.
    """
    storage = uploads_storage()
    try:
        _folders, names = storage.listdir("")
    except FileNotFoundError:
        return False
    known = {name for row in ImportJob.objects.values_list(*FILES) for name in row if name}
    strays = [
        name
        for name in names
        if OUR_NAME.fullmatch(name)
        and name not in known
        and storage.get_modified_time(name).astimezone(UTC) < before
    ]
    for name in strays:
        storage.delete(name)
    return bool(strays)
