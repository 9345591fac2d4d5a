"""Helpers for tests of uploads."""

from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.http import HttpResponse
from django.test import Client

from activity.models import Event
from activity.uploads.models import ImportJob, uploads_storage
from organizations.models import Organization

LIST = "/admin/uploads/importjob/"
ADD = "/admin/uploads/importjob/add/"
GOOD = '{"id":"%s","occurred_at":"2025-11-22T10:23:13Z","event":"item.read"}\n'


def upload(
    client: Client, content: str | bytes | Path, name: str = "events.jsonl", **fields: Any
) -> HttpResponse:
    """Submit the form and return the response."""
    if isinstance(content, Path):
        name, content = content.name, content.read_bytes()
    body = content.encode() if isinstance(content, str) else content
    file = SimpleUploadedFile(name, body)
    data = {"organization": "acme", "format": "auto", "time_zone": "", "file": file}
    return client.post(ADD, data | fields)


def uploaded(client: Client, content: str | bytes | Path, **fields: Any) -> ImportJob:
    """Upload a file and return the unconfirmed import."""
    response = upload(client, content, **fields)
    assert response.status_code == 302, response.context["adminform"].form.errors
    return ImportJob.objects.latest("pk")


def address(job: ImportJob, action: str = "change") -> str:
    return f"{LIST}{job.pk}/{action}/"


def imported(client: Client, content: str | bytes | Path, **fields: Any) -> ImportJob:
    """Upload a file, confirm the import, run the worker, and return the import."""
    job = uploaded(client, content, **fields)
    client.post(address(job, "start"))
    run_worker()
    job.refresh_from_db()
    return job


def run_worker() -> None:
    call_command("run_worker", "--once")


def tally(job: ImportJob) -> str:
    """The counts, in the format of the command's output."""
    return (
        f"accepted={job.accepted} duplicates={job.duplicates} "
        f"conflicts={job.conflicts} rejected={job.rejected}\n"
    )


def files() -> list[str]:
    """The names of all stored files."""
    return sorted(uploads_storage().listdir("")[1])


def count(organization: Organization) -> int:
    return Event.objects.filter(organization=organization).count()
