"""The form: which files are accepted, from which users, into which log."""

from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from activity.uploads.forms import MAX_WAITING
from activity.uploads.limits import MEBIBYTE, MEMBERS_MAX_BYTES, LimitedUploadHandler
from activity.uploads.models import ImportJob
from organizations.plans import Plan
from tests import factories
from tests.activity.importers.running import FIXTURES
from tests.uploads.uploading import ADD, GOOD, address, count, files, imported, upload, uploaded

PROTON = "Time,User Name,User Email,Event,IP\r\n"


def errors(response) -> dict[str, list[str]]:
    assert response.status_code == 200
    assert not ImportJob.objects.exists()
    assert files() == []
    return dict(response.context["adminform"].form.errors)


@pytest.mark.parametrize(
    ("content", "chosen", "message"),
    [
        ("", "auto", "The submitted file is empty."),
        ("\n", "native-csv", "The file is empty."),
        (b"\xff\xfe\0\0T\0\0\0", "auto", "The file is UTF-32. Save it as UTF-8."),
        (
            b"PK\x03\x04",
            "auto",
            "The file is an archive or a spreadsheet. Unpack it, or save",
        ),
        (b"\x1f\x8b", "proton", "The file is compressed. Unpack it first."),
        ("a,b\n1,2\n", "auto", "Which format is this? Choose one of: bitwarden, native, "),
        ("a,b\n1,2\n", "native", "The file is not JSON. Is it another format?"),
        ("a,b\n1,2\n", "proton", "The first line must be Time,User Name,User Email,Event,IP but"),
        (GOOD % "a", "proton", "This is passaudit JSON lines: choose the format native."),
    ],
)
def test_it_refuses_an_unusable_file(acme, as_alice, content, chosen, message):
    found = errors(upload(as_alice, content, format=chosen))
    assert list(found) == ["file"]
    assert found["file"][0].startswith(message)


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"time_zone": "Mars/Olympus"}, "time_zone"),
        ({"format": "excel"}, "format"),
        ({"organization": "nowhere"}, "organization"),
        ({"organization": "cedar"}, "organization"),
        ({"file": ""}, "file"),
    ],
)
def test_it_refuses_invalid_fields(acme, as_alice, fields, wrong):
    factories.OrganizationFactory(slug="cedar")
    assert list(errors(upload(as_alice, GOOD % "a", **fields))) == [wrong]


def test_it_refuses_a_file_that_is_too_large(acme, as_alice, settings):
    settings.UPLOAD_MAX_MIB = 1
    line = (GOOD % "a").encode()
    largest = line + b"\n" * (MEBIBYTE - len(line))
    found = errors(upload(as_alice, largest + b"\n"))
    assert found == {"file": ["The file is larger than 1.0\xa0MB. Split it and import the parts."]}
    assert uploaded(as_alice, largest).size == MEBIBYTE
    members = SimpleUploadedFile("members.json", b" " * MEBIBYTE + b"[]")
    assert upload(as_alice, GOOD % "a", members=members).status_code == 200


def test_it_limits_the_members_file(acme, as_alice):
    members = SimpleUploadedFile("members.json", b"[]" + b" " * (MEMBERS_MAX_BYTES - 1))
    found = errors(upload(as_alice, FIXTURES / "bitwarden.json", members=members))
    message = "The file is larger than 16.0\xa0MB. Keep only the members of the events."
    assert found == {"members": [message]}


def test_it_discards_files_beyond_the_limit(settings, rf):
    settings.UPLOAD_MAX_MIB = 1
    handler = LimitedUploadHandler(rf.post("/"))
    sizes = []
    for name in ("file", "members", "one more"):
        handler.new_file(name, "big", "text/plain", None, None)
        path = Path(handler.file.temporary_file_path())
        handler.receive_data_chunk(b"x" * (MEBIBYTE // 2), 0)
        handler.receive_data_chunk(b"x" * 8, MEBIBYTE // 2)
        handler.file.flush()
        sizes.append(path.stat().st_size)
        with handler.file_complete(MEBIBYTE // 2 + 8) as file:
            assert (file.size > MEBIBYTE) == (name != "file")
        assert not path.exists()
    assert sizes == [MEBIBYTE // 2 + 8, 0, 0]


def test_it_limits_the_number_of_waiting_files(acme, as_alice):
    factories.ImportJobFactory.create_batch(MAX_WAITING - 1, organization=acme)
    job = uploaded(as_alice, GOOD % "a")
    response = upload(as_alice, GOOD % "a")
    assert response.context["adminform"].form.non_field_errors() == [
        "20 files are waiting already. Import or cancel some of them first."
    ]
    as_alice.post(address(job, "cancel"))
    assert upload(as_alice, GOOD % "a").status_code == 302


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("<script>alert(1)</script>.csv", "script&gt;.csv"),
        ("evil\u202etxt.exe", "eviltxt.exe"),
        ('a"; filename="b.html', "b.html"),
        ("Übersicht für März.jsonl", "Übersicht für März.jsonl"),
        ("x" * 300 + ".jsonl", "x" * 249 + ".jsonl"),
    ],
)
def test_it_does_not_trust_the_name_of_a_file(acme, as_alice, name, shown):
    job = uploaded(as_alice, GOOD % "a", name=name)
    [stored] = files()
    assert stored == job.file.name
    assert stored.isalnum()
    assert len(stored) == 32
    page = as_alice.get(address(job)).text
    assert shown in page
    assert "<script>alert" not in page
    assert "\u202e" not in page


def test_it_asks_for_the_organization_only_where_there_is_a_choice(acme, alice, as_alice):
    assert 'type="hidden" name="organization" value="acme"' in as_alice.get(ADD).text
    cedar = factories.OrganizationFactory(slug="cedar", name="Cedar & Sons")
    factories.MemberFactory(organization=cedar, user=alice, role="owner")
    assert 'value="cedar"' in as_alice.get(ADD, {"organization": "cedar"}).text
    job = imported(as_alice, GOOD % "a", organization="cedar")
    assert job.organization == cedar
    assert (count(acme), count(cedar)) == (0, 1)


def test_it_refuses_where_the_plan_has_no_log(birch, bob):
    client = Client()
    client.force_login(bob)
    response = upload(client, GOOD % "a", organization="birch")
    assert errors(response) == {
        "__all__": ["Pass Essentials does not include: read the activity log."]
    }


@pytest.mark.parametrize("action", ["change", "start", "cancel", "rejects"])
def test_it_is_closed_when_the_plan_has_lost_the_log(acme, as_alice, action):
    job = uploaded(as_alice, GOOD % "a")
    acme.plan = Plan.ESSENTIALS
    acme.save()
    method = as_alice.get if action in ("change", "rejects") else as_alice.post
    assert method(address(job, action)).status_code == 403
    job.refresh_from_db()
    assert job.status == "waiting"


@pytest.mark.parametrize(
    ("zone", "shown"), [("", "12:00:00"), ("UTC", "13:00:00"), ("Asia/Tokyo", "04:00:00")]
)
def test_it_reads_local_times_in_the_zone_that_was_chosen(acme, as_alice, zone, shown):
    row = "2025-11-22T12:00:00,Dana,dana@acme.example,Item Read,203.0.113.7\r\n"
    job = uploaded(as_alice, PROTON + row, name="proton.csv", time_zone=zone)
    assert job.time_zone == (zone or "Europe/Zurich")
    assert shown in as_alice.get(address(job)).text


def test_it_takes_members_for_bitwarden_only(acme, as_alice):
    members = FIXTURES / "bitwarden_members.json"

    def upload_with_members(name: str):
        file = SimpleUploadedFile(members.name, members.read_bytes())
        return upload(as_alice, FIXTURES / name, members=file)

    refused = "A file of members is not for passaudit JSON lines."
    assert errors(upload_with_members("native.jsonl")) == {"file": [refused]}
    assert upload_with_members("bitwarden.json").status_code == 302
    assert "@acme.example" in as_alice.get(address(ImportJob.objects.get())).text.replace(
        "<wbr>", ""
    )
