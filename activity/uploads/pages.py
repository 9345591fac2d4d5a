"""The context of the page of an import, by its status. Reads only."""

from datetime import timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from activity.clock import SECOND, Clock
from activity.importers.files.rows import Unusable
from activity.log_urls import LogUrl
from activity.uploads.models import ImportJob, Status
from activity.uploads.preview import preview_of
from activity.worker.heartbeats import is_worker_running


def context_of(job: ImportJob) -> dict[str, Any]:
    """Return the context of the template `job.html`; `part` names the included template."""
    clock = Clock(job.organization.zone)
    shared = {
        "job": job,
        "organization": job.organization,
        "uploaded_at": clock.moment(job.created_at),
        "log_url": str(LogUrl(*_log(job, clock))),
    }
    if job.status == Status.WAITING:
        return shared | _preview(job)
    if job.status in (Status.QUEUED, Status.RUNNING):
        return shared | _progress(job)
    return shared | _summary(job, clock)


def _preview(job: ImportJob) -> dict[str, Any]:
    try:
        return {"part": "preview", "preview": preview_of(job)}
    except Unusable as error:
        problem = str(error)
    except OSError:
        problem = _("The file no longer exists. Cancel this import and upload the file again.")
    return {"part": "problem", "problem": problem}


def _progress(job: ImportJob) -> dict[str, Any]:
    percent = 100 * job.bytes_read // job.size if job.size else 0
    return {
        "part": "progress",
        "is_moving": True,
        "percent": percent,
        "has_worker": is_worker_running(),
    }


def _summary(job: ImportJob, clock: Clock) -> dict[str, Any]:
    took = timedelta()
    if job.started_at and job.finished_at:
        took = timedelta(seconds=round((job.finished_at - job.started_at).total_seconds()))
    return {
        "part": "summary",
        "took": took,
        "first_day": clock.date(job.earliest) if job.earliest else "",
        "last_day": clock.date(job.latest) if job.latest else "",
    }


def _log(job: ImportJob, clock: Clock) -> tuple[str, tuple[tuple[str, str], ...]]:
    """Return the log's path and parameters: the period of the file's events, if known."""
    parameters = [("organization", job.organization.slug)]
    if job.earliest and job.latest:
        until = job.latest.replace(microsecond=0) + SECOND
        parameters.append(("since", clock.parameter(job.earliest.replace(microsecond=0))))
        parameters.append(("until", clock.parameter(until)))
    return reverse("admin:activity_event_changelist"), tuple(parameters)
