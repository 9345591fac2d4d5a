"""The pages of an import, from the form to the summary."""

from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from activity.models import Actor, Event, LogHead
from activity.uploads.models import ImportJob, Status
from tests.activity.importers.running import FIXTURES
from tests.uploads.uploading import (
    ADD,
    GOOD,
    LIST,
    address,
    count,
    files,
    imported,
    run_worker,
    upload,
    uploaded,
)


def test_it_imports_what_was_confirmed(acme, alice, as_alice):
    response = upload(as_alice, FIXTURES / "native.jsonl")
    job = ImportJob.objects.get()
    assert response["Location"] == address(job)
    assert (job.organization, job.created_by, job.format) == (acme, alice, "native")

    as_alice.post(address(job, "start"))
    page = as_alice.get(address(job)).text
    assert "Waiting for the worker" in page
    assert "No worker is running" in page
    assert 'http-equiv="refresh"' in page
    assert count(acme) == 0

    run_worker()
    page = as_alice.get(address(job)).text
    assert "Finished" in page
    assert "<dt>Stored</dt><dd>237</dd>" in page
    assert 'http-equiv="refresh"' not in page
    assert count(acme) == 237
    assert files() == []
    assert "Finished" in as_alice.get(LIST).text


def test_it_shows_the_first_rows_as_the_log_will(as_alice):
    row = '{"occurred_at":"2025-11-22T23:23:13Z","event":"share.created","ip":"203.0.113.7"%s}\n'
    system = row % ',"user":null'
    dana = row % ',"user":{"email":"dana@acme.example"}'
    page = as_alice.get(address(uploaded(as_alice, system + dana * 30))).text
    assert "Preview of all 31 rows" in page
    assert page.count("<time ") == 20
    assert page.count("Share Created") == 20
    assert '<span class="date">23 Nov 2025</span>' in page  # in Zurich
    assert "00:23:13" in page
    assert ">System</td>" in page
    assert "dana<wbr>@acme.example" in page


def test_it_stores_nothing_for_a_preview(acme, as_alice):
    imported(as_alice, GOOD % "a")
    before = [list(model.objects.values()) for model in (Event, Actor, LogHead)]
    content = GOOD % "a" + GOOD % "b" + (GOOD % "a").replace("read", "used") + "broken\n"
    page = as_alice.get(address(uploaded(as_alice, content))).text
    for name, number in [("New", 1), ("Already stored", 1), ("Conflicts", 1), ("Rejected", 1)]:
        assert f"<dt>{name}</dt><dd>{number}</dd>" in page
    assert "Line 3" in page
    assert "conflict: the log has other content under the id a at this time" in page
    assert "Line 4" in page
    assert "is not valid JSON" in page
    assert [list(model.objects.values()) for model in (Event, Actor, LogHead)] == before


def test_it_writes_nothing_for_a_preview(acme, as_alice):
    """No rows, savepoints or locks."""
    imported(as_alice, GOOD % "a")
    job = uploaded(as_alice, GOOD % "a" + GOOD % "b" + (GOOD % "a").replace("read", "used"))
    with CaptureQueriesContext(connection) as captured:
        assert as_alice.get(address(job)).status_code == 200
    statements = [query["sql"] for query in captured]
    assert [sql for sql in statements if not sql.startswith("SELECT")] == []
    assert [sql for sql in statements if "FOR UPDATE" in sql] == []


def test_it_previews_no_more_than_the_beginning(as_alice):
    content = "".join(GOOD % number for number in range(1500)) + "broken\n"
    page = as_alice.get(address(uploaded(as_alice, content))).text
    assert "Preview of the first 1,000 rows" in page
    assert "<dt>New</dt><dd>1,000</dd>" in page
    assert "broken" not in page


def test_it_shows_no_more_refusals_than_help(as_alice):
    page = as_alice.get(address(uploaded(as_alice, GOOD % "a" + "broken\n" * 50))).text
    assert "The first 20 of 50 rows that cannot be stored" in page
    assert page.count("is not valid JSON") == 20


def test_it_names_rows_that_were_not_stored_and_keeps_them(as_alice):
    job = imported(as_alice, GOOD % "a" + "broken\n" * 103)
    page = as_alice.get(address(job)).text
    assert "The first 100 of 103 rows that are not stored" in page
    assert page.count("is not valid JSON") == 100
    assert address(job, "rejects") in page
    response = as_alice.get(address(job, "rejects"))
    assert response.getvalue() == b"broken\n" * 103
    assert response["Content-Disposition"] == 'attachment; filename="rejected-events.jsonl"'
    assert response["Content-Type"] == "application/octet-stream"
    assert "no-store" in response["Cache-Control"]


def test_it_links_to_the_time_of_the_file_in_the_log(acme, as_alice):
    later = (GOOD % "b").replace("11-22T10", "11-24T12")
    job = imported(as_alice, later + GOOD % "a")
    as_alice.post(address(uploaded(as_alice, (GOOD % "c").replace("11-22", "11-21")), "start"))
    run_worker()
    page = as_alice.get(address(job)).text
    assert "Show the log from 22 Nov 2025 to 24 Nov 2025" in page
    link = (
        "/admin/activity/event/?organization=acme&amp;since=2025-11-22T11:23:13"
        "&amp;until=2025-11-24T13:23:14"
    )
    assert link in page
    log = as_alice.get(link.replace("&amp;", "&")).context["cl"]
    assert log.result_count == 2


def test_it_says_who_imported_what(acme, alice, as_alice):
    job = imported(as_alice, GOOD % "a")
    entry = LogEntry.objects.filter(object_id=str(job.pk)).latest("pk")
    assert (entry.user, entry.object_repr) == (alice, "events.jsonl")
    assert "Started the import of events.jsonl into the log of acme." in str(entry)
    assert "Started the import" in as_alice.get(address(job, "history")).text


def test_it_cancels_before_the_confirmation(acme, as_alice):
    job = uploaded(as_alice, GOOD % "a")
    assert len(files()) == 1
    response = as_alice.post(address(job, "cancel"), follow=True)
    assert "The import is cancelled and its file is deleted." in response.text
    assert files() == []
    as_alice.post(address(job, "start"))
    run_worker()
    job.refresh_from_db()
    assert (job.status, count(acme)) == (Status.CANCELLED, 0)
    assert "Cancelled" in as_alice.get(address(job)).text


def test_it_starts_and_ends_once(acme, as_alice):
    job = uploaded(as_alice, GOOD % "a")
    as_alice.post(address(job, "start"))
    again = as_alice.post(address(job, "start"), follow=True)
    assert "This import is already started or cancelled." in again.text
    run_worker()
    too_late = as_alice.post(address(job, "cancel"), follow=True)
    assert "This import has already ended." in too_late.text
    job.refresh_from_db()
    assert (job.status, count(acme)) == (Status.DONE, 1)
    assert LogEntry.objects.filter(object_id=str(job.pk), action_flag=2).count() == 1


def test_it_says_that_a_file_is_gone(as_alice):
    job = uploaded(as_alice, GOOD % "a")
    job.file.storage.delete(job.file.name)
    page = as_alice.get(address(job)).text
    assert "The file no longer exists." in page
    assert "action-primary" not in page.partition("content-main")[2]


def test_it_asks_for_the_token_of_the_form(acme, alice):
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice)
    assert upload(client, GOOD % "a").status_code == 403
    assert not ImportJob.objects.exists()
    token = client.get(ADD).context["csrf_token"]
    assert upload(client, GOOD % "a", csrfmiddlewaretoken=str(token)).status_code == 302


def test_it_is_offered_on_the_log_to_administrators_only(acme, as_alice, charlie):
    charlie.user_permissions.add(Permission.objects.get(codename="view_event"))
    as_charlie = Client()
    as_charlie.force_login(charlie)
    link = f'href="{ADD}?organization=acme"'
    assert link in as_alice.get("/admin/activity/event/").text
    assert link not in as_charlie.get("/admin/activity/event/").text


def test_it_lists_with_as_many_queries_whatever_their_number(as_alice):
    asked = []
    for _ in range(2):
        for _ in range(5):
            uploaded(as_alice, GOOD % "a")
        with CaptureQueriesContext(connection) as queries:
            as_alice.get(LIST)
        asked.append(len(queries))
    assert asked[0] == asked[1]
