"""The page and the command import a file with the same result."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from activity.models import Event
from tests import factories
from tests.activity.importers.running import FIXTURES, import_events
from tests.uploads.uploading import address, imported, tally

pytestmark = pytest.mark.slow

FIELDS = [
    "seq", "occurred_at", "event_type", "actor__email", "actor__name", "ip", "vault_id", "item_id",
    "client", "source", "source_id", "data",
]  # fmt: skip
NAMES = [
    "native.jsonl", "native.csv", "proton.csv", "proton_words.csv", "proton_camel.json",
    "proton_pascal.json", "bitwarden.csv", "bitwarden.json", "onepassword_audit.json",
    "onepassword_items.json", "onepassword_signins.jsonl",
]  # fmt: skip


def damaged(content: bytes) -> bytes:
    """Change a byte in some lines, repeat others and insert a line that is not a row."""
    lines = content.splitlines(keepends=True)
    for number in range(20, len(lines), 60):
        lines[number] = lines[number].replace(b":", b";", 1)
    return b"".join([*lines[:50], b"no row\n", *lines[40:]])


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("change", [bytes, damaged])
def test_it_imports_a_file_like_the_command(acme, as_alice, tmp_path, name, change):
    elm = factories.OrganizationFactory(slug="elm")
    path, rejects = tmp_path / name, tmp_path / "rejects"
    path.write_bytes(change((FIXTURES / name).read_bytes()))
    members, options = {}, ["--rejects", str(rejects), "--time-zone", "Asia/Tokyo"]
    if name == "bitwarden.json":
        file = FIXTURES / "bitwarden_members.json"
        members["members"] = SimpleUploadedFile("members.json", file.read_bytes())
        options += ["--members", str(file)]

    outcome = import_events(path, "--organization", "elm", *options)
    job = imported(as_alice, path, time_zone="Asia/Tokyo", **members)

    assert tally(job) == outcome.stdout
    told = [f"{place}: {reason}" for place, reason in job.refusals]
    assert told == [line for line in outcome.stderr.splitlines() if line.startswith("line ")]
    events = Event.objects.order_by("seq").values_list(*FIELDS)
    assert list(events.filter(organization=acme)) == list(events.filter(organization=elm))
    if rejects.read_bytes():
        assert as_alice.get(address(job, "rejects")).getvalue() == rejects.read_bytes()
    else:
        assert as_alice.get(address(job, "rejects")).status_code == 404
    assert bool(job.refusals) == (change is damaged)


def test_it_reports_ambiguous_times(acme, as_alice):
    row = "2025-10-26T02:30:00,Dana,dana@acme.example,Item Read,203.0.113.7\r\n"
    job = imported(as_alice, "Time,User Name,User Email,Event,IP\r\n" + row, name="proton.csv")
    assert job.guessed == 1
    page = as_alice.get(address(job)).text
    assert "1 time is in an hour that a clock change repeats" in page
