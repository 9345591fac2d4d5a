"""What the tests of uploads share."""

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
    """The answer to the form."""
    if isinstance(content, Path):
        name, content = content.name, content.read_bytes()
    body = content.encode() if isinstance(content, str) else content
    file = SimpleUploadedFile(name, body)
    data = {"organization": "acme", "format": "auto", "time_zone": "", "file": file}
    return client.post(ADD, data | fields)


def uploaded(client: Client, content: str | bytes | Path, **fields: Any) -> ImportJob:
    """The import that waits for its confirmation."""
    response = upload(client, content, **fields)
    assert response.status_code == 302, response.context["adminform"].form.errors
    return ImportJob.objects.latest("pk")


def address(job: ImportJob, action: str = "change") -> str:
    return f"{LIST}{job.pk}/{action}/"


def imported(client: Client, content: str | bytes | Path, **fields: Any) -> ImportJob:
    """The import, confirmed and done by a worker."""
    job = uploaded(client, content, **fields)
    client.post(address(job, "start"))
    run_worker()
    job.refresh_from_db()
    return job


def run_worker() -> None:
    call_command("run_worker", "--once")


def tally(job: ImportJob) -> str:
    """As the command says it."""
    return (
        f"accepted={job.accepted} duplicates={job.duplicates} "
        f"conflicts={job.conflicts} rejected={job.rejected}\n"
    )


def files() -> list[str]:
    """The names of all files that are kept."""
    return sorted(uploads_storage().listdir("")[1])


def count(organization: Organization) -> int:
    return Event.objects.filter(organization=organization).count()
