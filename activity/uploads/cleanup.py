"""Uploaded files are not kept for longer than they are needed."""

import re
from datetime import UTC, datetime, timedelta

from django.utils import timezone

from activity.uploads.models import FILES, ImportJob, Status, uploads_storage

OUR_NAME = re.compile("[0-9a-f]{32}")  # as `models.random_name` makes it
CONFIRM_WITHIN = timedelta(days=1)
KEEP_FOR = timedelta(days=30)


def tidy() -> bool:
    """Cancel what nobody confirmed, and delete files that nobody needs; whether there were any."""
    now = timezone.now()
    forgotten = ImportJob.objects.filter(status=Status.WAITING, created_at__lt=now - CONFIRM_WITHIN)
    cancelled = [job.cancel() for job in forgotten]
    ended = ImportJob.objects.filter(finished_at__lt=now - KEEP_FOR).exclude(
        file="", members="", rejects=""
    )
    for job in ended:
        job.delete_files()
    return bool(any(cancelled) | bool(ended) | _delete_strays(now - CONFIRM_WITHIN))


def _delete_strays(before: datetime) -> bool:
    """Delete files that no import knows, such as those of a deleted organization.

    Only those that are called as ours are: nobody loses a folder by naming it as ours.
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
