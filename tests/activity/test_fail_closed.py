"""An invalid query lists nothing, and the message names the problem."""

import io
import re

import pytest
from django.core.management import CommandError, call_command
from django.http import QueryDict
from django.urls import reverse

from activity import exports
from activity.exports import Format
from activity.models import Event
from activity.reading.facets import counting
from activity.reading.query import LogQuery
from activity.recording import record
from tests.factories import draft

pytestmark = pytest.mark.django_db

WHOLE = ""  # the error concerns the whole query
BAD = [
    ("q=999.999.999.999", "q"),
    ("q=10.0.0.0/99", "q"),
    ("q=10..0", "q"),
    ("q=2001:db8", "q"),
    ("q=fe80::1%25eth0", "q"),
    ("q=a%00b", "q"),
    ("q=a%0Ab", "q"),
    ("q=" + "x" * 4001, "q"),
    ("user=,", "user"),
    ("user=dana%00", "user"),
    ("ip=dana", "ip"),
    ("ip=10.", "ip"),
    ("ip=203.0.113.7,999.1.1.1", "ip"),
    ("ip=203.0.113.0/33", "ip"),
    ("ip=,,", "ip"),
    ("event=item.reed", "event"),
    ("event=item.read,nothing", "event"),
    ("event=-nothing", "event"),
    ("event=Item.Read", "event"),
    ("event=,", "event"),
    ("since=yesterday", "since"),
    ("since=2026-02-30", "since"),
    ("since=2026-03-29T02:30", "since"),
    ("until=2026-11-22T10:23:62", "until"),
    ("until=9999-12-31", "until"),
    ("since=2026-11-03&until=2026-11-02", "until"),
    ("since=2026-11-02T10:00Z&until=2026-11-02T10:00Z", "until"),
    ("order=sideways", "order"),
    ("order=NEWEST", "order"),
    ("order=newest%20first", "order"),
    ("p=1", "p"),
    ("p=%C3%BC", "p"),
    ("p=AAAA", "p"),
    ("q=dana&q=kim", "q"),
    ("q=&q=dana", "q"),
    ("event=item.read&event=item.used", "event"),
    ("since=2026-11-02&since=2026-11-02", "since"),
    ("order=newest&order=oldest", "order"),
    ("organization=acme&organization=acme", WHOLE),
    ("colour=red", WHOLE),
    ("Q=dana", WHOLE),
    ("events=item.read", WHOLE),
    ("event_type=item.read", WHOLE),
    ("event_type__exact=item.read", WHOLE),
    ("actor__email=dana@acme.example", WHOLE),
    ("organization_id=2", WHOLE),
    ("e=1", WHOLE),
    ("o=1", WHOLE),
    ("all=", WHOLE),
    ("_facets=True", WHOLE),
    ("=dana", WHOLE),
    ("__all__=dana", WHOLE),
    ("q=dana&colour=red", WHOLE),
]
ONE_OF_EACH = [
    ("q=999.999.999.999", "q"),
    ("user=,", "user"),
    ("ip=203.0.113.7,999.1.1.1", "ip"),
    ("event=item.read,nothing", "event"),
    ("since=yesterday", "since"),
    ("since=2026-11-03&until=2026-11-02", "until"),
    ("order=sideways", "order"),
    ("p=1", "p"),
    ("q=dana&q=kim", "q"),
    ("organization=acme&organization=acme", WHOLE),
    ("colour=red", WHOLE),
    ("event_type__exact=item.read", WHOLE),
]


@pytest.fixture(autouse=True)
def _log(acme):
    record(acme, [draft(item_id=str(number)) for number in range(3)])


@pytest.mark.parametrize(("text", "culprit"), BAD, ids=[text[:40] for text, _ in BAD])
def test_it_lists_counts_and_exports_nothing_and_names_the_field(alice, text, culprit):
    query = LogQuery.for_user(alice, QueryDict(text))
    assert list(query.filterset.errors) == [culprit or "__all__"]
    assert not query.is_valid
    assert query.page().rows == []
    assert list(query.events) == []
    assert (counting.summarize(query).total, counting.summarize(query).type_counts) == (0, {})
    for form in Format:
        with pytest.raises(ValueError, match="exports nothing"):
            exports.stream(query, form)


@pytest.mark.parametrize(("text", "culprit"), ONE_OF_EACH)
def test_it_shows_nothing_on_the_page(as_alice, text, culprit):
    response = as_alice.get(f"{reverse('admin:activity_event_changelist')}?{text}")
    content = response.content.decode()
    assert response.status_code == 200
    assert not any(str(event.pk) in content for event in Event.objects.all())
    assert response.context["cl"].form.errors


@pytest.mark.parametrize("form", Format)
@pytest.mark.parametrize(("text", "culprit"), ONE_OF_EACH)
def test_it_downloads_nothing(as_alice, text, culprit, form):
    response = as_alice.get(f"{reverse('admin:activity_event_export')}?format={form}&{text}")
    assert (response.status_code, response.streaming) == (400, False)
    assert "Content-Disposition" not in response
    (reason,) = response.content.decode().splitlines()
    assert reason.startswith(f"{culprit}: " if culprit else ("There is no filter", "“"))


@pytest.mark.parametrize(("text", "culprit"), [*ONE_OF_EACH, ("format=csv", WHOLE)])
def test_it_fails_the_command_and_writes_nothing(tmp_path, capsysbinary, text, culprit):
    output = tmp_path / "log.csv"
    output.write_text("from before")
    arguments = ["--organization", "acme", "--filter", text, "--output"]
    for target in (str(output), "-"):
        with pytest.raises(CommandError, match=r"^Nothing exported\. ") as failure:
            call_command("export_events", *arguments, target)
        if culprit:
            assert f" {culprit}: " in str(failure.value)
        else:
            assert re.search(r"There is no filter|more than once", str(failure.value))
    assert failure.value.returncode != 0
    assert capsysbinary.readouterr().out == b""
    assert [path.read_text() for path in tmp_path.iterdir()] == ["from before"]


def test_it_reports_every_wrong_field_at_once(alice):
    query = LogQuery.for_user(alice, QueryDict("q=10..0&ip=x&since=x&until=2026-11-02&colour=red"))
    assert set(query.filterset.errors) == {"q", "ip", "since", "__all__"}


def test_it_refuses_bytes_that_are_no_text():
    filters = [f"{name}=a\udcff" for name in ("q", "user", "ip", "event", "since", "order", "p")]
    for text in filters:
        with pytest.raises(CommandError, match="Nothing exported"):
            call_command("export_events", "--organization", "acme", "--filter", text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "q=",
        "q=+&user=&ip=&event=&since=&until=&order=&p=",
        "organization=acme",
        "organization=",
        "q=dana&order=oldest&event=item&user=dana@acme.example&ip=203.0.113.7&since=2026-11-02",
        "since=1970-01-01T00:00Z&until=9999-12-30",
        "since=0001-01-01T00:00Z",
        "until=9999-12-31T23:59:59Z",
    ],
)
def test_it_answers_what_is_sound(as_alice, alice, text):
    query = LogQuery.for_user(alice, QueryDict(text))
    assert len(query.page().rows) == 3
    assert counting.summarize(query).total == 3
    response = as_alice.get(f"{reverse('admin:activity_event_changelist')}?{text}")
    assert response.context["cl"].result_count == 3


def test_it_does_not_let_the_filter_name_another_organization(birch, tmp_path):
    output = tmp_path / "log.csv"
    with pytest.raises(CommandError, match="birch"):
        call_command(
            "export_events", "--organization=acme", "--filter=organization=birch",
            "--output", str(output),
        )  # fmt: skip
    assert not output.exists()


def test_it_lets_the_filter_name_the_same_organization(tmp_path):
    output = tmp_path / "log.csv"
    call_command(
        "export_events", "--organization=acme", "--filter=?organization=acme&q=dana",
        "--output", str(output), stderr=io.StringIO(),
    )  # fmt: skip
    assert len(output.read_bytes().splitlines()) == 4


@pytest.mark.parametrize("slug", ["acme%00", "nobody", "a" * 100, "%F0%9F%98%80"])
def test_it_knows_no_such_organization(as_alice, slug):
    for name in ("changelist", "export"):
        response = as_alice.get(f"{reverse(f'admin:activity_event_{name}')}?organization={slug}")
        assert response.status_code == 403
