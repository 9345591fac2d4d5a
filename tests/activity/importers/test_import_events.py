"""`manage.py import_events`: output, stored events, exit status."""

import io
import sys

import pytest

from activity.importers.runs import recorders
from activity.models import Event
from tests import factories
from tests.activity.importers.running import FIXTURES, import_events

GOOD = '{"id":"%s","occurred_at":"2025-11-22T10:23:13Z","event":"item.read"}\n'
CSV_HEADER = "Time,User Name,User Email,Event,IP\r\n"


@pytest.fixture
def folder(tmp_path, acme, monkeypatch):
    """An empty current folder. The organization `acme` exists."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def _write(folder, content: str | bytes, name: str = "events"):
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def _count() -> int:
    return Event.objects.filter(organization__slug="acme").count()


def test_it_says_what_became_of_each_row(folder):
    content = GOOD % "a" + GOOD % "b" + "broken\n" + GOOD % "a"
    content += GOOD.replace("item.read", "item.used") % "b"
    outcome = import_events(_write(folder, content), "--format", "native")
    assert outcome.stdout == "accepted=2 duplicates=1 conflicts=1 rejected=1\n"
    assert outcome.code == 1
    assert outcome.stderr == (
        "line 3: is not valid JSON: Expecting value: line 1 column 1 (char 0)\n"
        "line 5: conflict: the log has other content under the id b at this time\n"
        "Some rows were not stored.\n"
    )


def test_it_imports_into_the_named_organization_only(folder):
    other = factories.OrganizationFactory(slug="other")
    path = _write(folder, GOOD % "a")
    assert import_events(path, "--format", "native", "--organization", "other").code == 0
    assert _count() == 0
    assert Event.objects.filter(organization=other).count() == 1


def test_it_reads_standard_input(folder, monkeypatch):
    content = io.BytesIO((GOOD % "a" + GOOD % "b").encode())
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BufferedReader(content)))
    outcome = import_events("-", "--format", "native")
    assert (outcome.code, outcome.stdout) == (
        0,
        "accepted=2 duplicates=0 conflicts=0 rejected=0\n",
    )


@pytest.mark.parametrize(
    ("content", "name", "message"),
    [
        ("", "native-csv", "The file is empty."),
        ("a,b\n1,2\n", "native", "The file is not JSON. Is it another format?"),
        ("a,b\n1,2\n", "native-csv", "The first line must be Time,User name,User email,Event,"),
        ("a,b\n1,2\n", "proton", "The first line must be Time,User Name,User Email,Event,IP but"),
        (GOOD % "a", "proton", "This is passaudit JSON lines: choose the format native."),
        (CSV_HEADER, "native-csv", "This is Proton Pass JSON or CSV: choose the format proton."),
        (b"\xff\xfe\0\0T\0\0\0", "native-csv", "The file is UTF-32. Save it as UTF-8."),
        (
            CSV_HEADER + "03/04/2025 10:23,,,Item Read,\r\n",
            "proton",
            "Line 2: the date of 03/04/2025 10:23 can be read in two ways. Import the file as it ",
        ),
        (
            CSV_HEADER + '"Nov 2, 2025, 1:00 AM",,,Item Read,\r\n',
            "proton",
            "Line 2: the time Nov 2, 2025, 1:00 AM has no offset from UTC; name its zone with ",
        ),
    ],
)
def test_it_does_nothing_with_a_file_that_it_cannot_use(folder, content, name, message):
    rejects = _write(folder, "precious", "rejects")
    outcome = import_events(_write(folder, content), "--format", name, "--rejects", str(rejects))
    assert (outcome.code, outcome.stdout) == (2, "")
    assert outcome.stderr.startswith(message)
    assert _count() == 0
    assert rejects.read_text() == "precious"


def test_it_does_nothing_without_a_file(folder):
    missing = import_events("missing", "--format", "native")
    assert missing == (2, "", "Cannot open missing: No such file or directory.\n")
    directory = import_events(".", "--format", "native")
    assert directory == (2, "", "Cannot open .: Is a directory.\n")


def test_it_does_nothing_for_an_unknown_organization_or_zone(folder):
    path = _write(folder, GOOD % "a")
    unknown = import_events(path, "--format", "native", "--organization", "nobody")
    assert unknown == (2, "", "There is no organization “nobody”.\n")
    lost = import_events(path, "--format", "native", "--time-zone", "Mars/Olympus")
    assert lost == (
        2,
        "",
        "Mars/Olympus is not a time zone. Use a name such as UTC or Europe/Zurich.\n",
    )
    assert _count() == 0


def test_it_does_not_write_rejects_over_the_imported_file(folder):
    path = _write(folder, "broken\n" + GOOD % "a")
    (folder / "link").symlink_to(path)
    outcome = import_events(path, "--format", "native", "--rejects", "link")
    assert outcome == (2, "", "--rejects must not name the file that is imported.\n")
    assert path.read_text() == "broken\n" + GOOD % "a"
    assert _count() == 0


def test_it_does_nothing_when_rejects_cannot_be_written(folder):
    path = _write(folder, GOOD % "a")
    outcome = import_events(path, "--format", "native", "--rejects", "no/such/folder")
    assert outcome == (2, "", "Cannot open no/such/folder: No such file or directory.\n")
    assert _count() == 0


def test_it_keeps_rejected_lines_for_mending(folder):
    bad = (GOOD % "b").replace(":13Z", ":62Z")
    conflict = (GOOD % "a").replace("item.read", "item.used")
    path = _write(folder, GOOD % "a" + bad + GOOD % "c" + conflict)
    first = import_events(path, "--format", "native", "--rejects", "rejects")
    assert first.stdout == "accepted=2 duplicates=0 conflicts=1 rejected=1\n"
    rejects = folder / "rejects"
    assert rejects.read_text() == bad + conflict

    mended = rejects.read_text().replace(":62Z", ":59Z").replace('"a"', '"d"')
    second = import_events(_write(folder, mended, "mended"), "--format", "native")
    assert (second.code, second.stdout) == (
        0,
        "accepted=2 duplicates=0 conflicts=0 rejected=0\n",
    )


def test_it_keeps_rejected_csv_rows_under_their_header(folder):
    good = '2025-11-22T10:23:13Z,"Weiss, Dana",dana@acme.example,Item Read,203.0.113.7\r\n'
    bad = '2025-11-22T10:23:62Z,"Night\r\nShift",night@acme.example,Item Read,192.0.2.1\r\n'
    path = _write(folder, CSV_HEADER + good + bad + good)
    first = import_events(path, "--format", "proton", "--rejects", "rejects")
    assert first.stdout == "accepted=2 duplicates=0 conflicts=0 rejected=1\n"
    rejects = folder / "rejects"
    assert rejects.read_bytes() == (CSV_HEADER + bad).encode()

    mended = rejects.read_bytes().replace(b":62Z", b":12Z")
    second = import_events(_write(folder, mended, "mended"), "--format", "proton")
    assert (second.code, second.stdout) == (
        0,
        "accepted=1 duplicates=0 conflicts=0 rejected=0\n",
    )
    assert Event.objects.get(ip="192.0.2.1").actor.name == "Night\r\nShift"


def test_it_keeps_rejected_rows_of_a_document_as_lines(folder):
    content = '{"Items": [\n{"Time": "soon",\n"EventType": "ItemRead"},\n{"Time":\n'
    path = _write(folder, content)
    outcome = import_events(path, "--format", "proton", "--rejects", "rejects")
    assert outcome.stdout == "accepted=0 duplicates=0 conflicts=0 rejected=2\n"
    kept = (folder / "rejects").read_text()
    assert kept == '{"Time": "soon", "EventType": "ItemRead"}\n{"Time":\n'
    mended = kept.replace("soon", "2025-11-22T10:23:13Z").partition("\n")[0]
    assert import_events(_write(folder, mended, "mended"), "--format", "proton").code == 0
    assert _count() == 1


def test_it_leaves_an_empty_file_when_nothing_is_rejected(folder):
    rejects = _write(folder, "old", "rejects")
    import_events(_write(folder, GOOD % "a"), "--format", "native", "--rejects", "rejects")
    assert rejects.read_text() == ""


def test_it_names_the_first_hundred_rows_and_counts_the_rest(folder):
    path = _write(folder, "broken\n" * 103 + GOOD % "a")
    outcome = import_events(path, "--format", "native", "--rejects", "rejects")
    lines = outcome.stderr.splitlines()
    assert lines[99].startswith("line 100: ")
    assert lines[100:] == ["... and 3 more", "Some rows were not stored."]
    assert outcome.stdout == "accepted=1 duplicates=0 conflicts=0 rejected=103\n"
    assert (folder / "rejects").read_text() == "broken\n" * 103


def test_it_only_says_in_a_dry_run_what_it_would_do(folder, monkeypatch):
    monkeypatch.setattr("activity.importers.files.rows.CHUNK_ROWS", 2)
    stored = _write(folder, GOOD % "a" + GOOD % "b", "stored")
    import_events(stored, "--format", "native")
    other = GOOD.replace("item.read", "item.used")
    twin = (GOOD % "").replace('"id":"",', "")
    content = GOOD % "a" + other % "b" + GOOD % "b" + other % "b"
    content += GOOD % "c" + GOOD % "d" + other % "c" + GOOD % "c" + GOOD % "d" + "broken\n"
    path = _write(folder, content + twin * 5)

    rehearsed = import_events(path, "--format", "native", "--dry-run")
    assert _count() == 2
    done = import_events(path, "--format", "native")
    assert done.stdout == "accepted=7 duplicates=4 conflicts=3 rejected=1\n"
    assert rehearsed.stdout == done.stdout
    assert rehearsed.code == done.code == 1
    assert "Dry run: nothing was stored.\n" in rehearsed.stderr
    assert rehearsed.stderr.replace("Dry run: nothing was stored.\n", "") == done.stderr


def test_it_dry_runs_a_whole_file(acme):
    path = FIXTURES / "proton_camel.json"
    outcome = import_events(path, "--format", "proton", "--dry-run")
    assert outcome.stdout == "accepted=240 duplicates=0 conflicts=0 rejected=0\n"
    assert _count() == 0


def test_it_goes_on_where_it_was_interrupted(acme, monkeypatch):
    monkeypatch.setattr("activity.importers.files.rows.CHUNK_ROWS", 50)
    record = recorders.record
    chunks = iter(range(2))

    def interrupted(*args, **options):
        if next(chunks, None) is None:
            raise KeyboardInterrupt
        return record(*args, **options)

    path = FIXTURES / "proton.csv"
    monkeypatch.setattr(recorders, "record", interrupted)
    stopped = import_events(path, "--format", "proton")
    assert (stopped.code, stopped.stdout) == (130, "")
    assert stopped.stderr == (
        "Stopped. Run the same command again: nothing will be stored twice.\n"
    )
    assert _count() == 100

    monkeypatch.setattr(recorders, "record", record)
    outcome = import_events(path, "--format", "proton")
    assert outcome.stdout == "accepted=140 duplicates=100 conflicts=0 rejected=0\n"
    assert _count() == 240
