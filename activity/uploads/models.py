"""Imports of uploaded files: their files, options, status and results."""

import uuid

from django.conf import settings
from django.core.files.storage import Storage, storages
from django.db import models
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from activity.importers import IMPORTERS
from activity.registry import MAX_CODE_LENGTH
from organizations.models import Organization


def uploads_storage() -> Storage:
    """The storage of uploaded files, which no URL serves."""
    return storages["uploads"]


def random_name(job: "ImportJob", filename: str) -> str:
    """Return a random name for a file on disk, independent of the uploaded name."""
    return uuid.uuid4().hex


class Status(models.TextChoices):
    WAITING = "waiting", _("Unconfirmed")
    QUEUED = "queued", _("Queued")
    RUNNING = "running", _("Running")
    DONE = "done", _("Finished")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")


FILES = ("file", "members", "rejects")
STOPPABLE = [Status.WAITING, Status.QUEUED, Status.RUNNING]


class ImportJob(models.Model):
    """The import of one uploaded file into the log of one organization.

    `accepted` counts the events that this import has stored, over all attempts. It and the other
    counts are updated in the transactions that store the events. `claim` and `claimed_until` are
    the worker's lease. Times without a zone are in `time_zone`.
    """

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="import_jobs")
    file = models.FileField(
        _("file"), storage=uploads_storage, upload_to=random_name, max_length=255, blank=True
    )
    members = models.FileField(
        _("members"), storage=uploads_storage, upload_to=random_name, max_length=255, blank=True
    )
    rejects = models.FileField(storage=uploads_storage, max_length=255, blank=True, editable=False)
    name = models.CharField(_("file"), max_length=255, editable=False)
    size = models.BigIntegerField(_("size"), default=0, editable=False, help_text=_("In bytes."))
    format = models.CharField(_("format"), max_length=MAX_CODE_LENGTH)
    time_zone = models.CharField(_("time zone"), max_length=64)
    status = models.CharField(
        _("status"), max_length=16, choices=Status, default=Status.WAITING, editable=False
    )

    bytes_read = models.BigIntegerField(default=0, editable=False)
    accepted = models.BigIntegerField(_("stored"), default=0, editable=False)
    duplicates = models.BigIntegerField(_("known"), default=0, editable=False)
    conflicts = models.BigIntegerField(_("in conflict"), default=0, editable=False)
    rejected = models.BigIntegerField(_("rejected"), default=0, editable=False)
    guessed = models.BigIntegerField(default=0, editable=False)
    earliest = models.DateTimeField(null=True, editable=False)
    latest = models.DateTimeField(null=True, editable=False)
    refusals = models.JSONField(
        default=list, editable=False, help_text=_("Place and reason of the first refused rows.")
    )
    error = models.TextField(_("error"), blank=True, editable=False)

    created_at = models.DateTimeField(_("uploaded"), default=timezone.now, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("uploaded by"),
    )
    queued_at = models.DateTimeField(null=True, editable=False)
    started_at = models.DateTimeField(null=True, editable=False)
    finished_at = models.DateTimeField(null=True, editable=False)
    claim = models.UUIDField(null=True, editable=False)
    claimed_until = models.DateTimeField(null=True, editable=False)
    attempts = models.PositiveSmallIntegerField(default=0, editable=False)

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        default_permissions = ()
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(fields=["organization", "-created_at"], name="import_job_list"),
            models.Index(fields=["status", "queued_at"], name="import_job_queue"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def format_label(self) -> str | Promise:
        return IMPORTERS.label(self.format)

    @property
    def row_count(self) -> int:
        return self.accepted + self.duplicates + self.conflicts + self.rejected

    @property
    def refused_count(self) -> int:
        return self.conflicts + self.rejected

    @property
    def may_start(self) -> bool:
        """Whether the import can be started: it is unconfirmed, or failed and its file is kept."""
        return self.status in (Status.WAITING, Status.FAILED) and bool(self.file)

    def start(self) -> bool:
        """Queue the import for the worker; False if it is already started or cancelled."""
        startable = ImportJob.objects.filter(status__in=[Status.WAITING, Status.FAILED])
        return bool(
            startable.filter(pk=self.pk)
            .exclude(file="")
            .update(
                status=Status.QUEUED,
                queued_at=timezone.now(),
                started_at=None,
                finished_at=None,
                attempts=0,
                error="",
            )
        )

    def cancel(self) -> bool:
        """Cancel the import and delete its files; False if it has already ended.

        Stored events stay. A worker that runs the import stops at its next chunk.
        """
        stoppable = ImportJob.objects.filter(pk=self.pk, status__in=STOPPABLE)
        if not stoppable.update(status=Status.CANCELLED, finished_at=timezone.now(), claim=None):
            return False
        self.delete_files()
        return True

    def delete_files(self, *names: str) -> None:
        """Delete the named files of `FILES`, by default all, and clear their fields."""
        names = names or FILES
        ImportJob.objects.filter(pk=self.pk).update(**dict.fromkeys(names, ""))
        for name in names:
            file = getattr(self, name)
            if file:
                file.delete(save=False)
