"""The exact bytes of an export, and when they are sent."""

import json
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from activity import exports
from activity.exports import Format, copy
from activity.reading.query import LogQuery
from activity.recording import record
from tests.factories import draft, event

pytestmark = pytest.mark.django_db

MOMENT = datetime(2025, 11, 22, 10, 23, 13, 123456, tzinfo=UTC)
DRAFTS = [
    draft(
        occurred_at=MOMENT,
        email="dana@acme.example",
        name="Dana Weiss",
        ip="203.0.113.7",
        vault_id="v_81",
        item_id="i_2207",
        client="Proton Pass for Firefox 1.31",
        source_id="a",
        data={"kind": "login", "b": [1, 2.5, None], "a": "ü"},
        received_at=MOMENT + timedelta(seconds=2),
    ),
    draft(
        occurred_at=MOMENT.replace(microsecond=0) + timedelta(hours=1),
        event_type="item.hidden",
        source_id="b",
        email="=cmd|' /C calc'!A0@acme.example",
        name='Weiß, "山田"\r\nzwei Zeilen',
        ip="::ffff:198.51.100.9",
        vault_id="-1",
        item_id="+1",
        received_at=MOMENT + timedelta(days=1),
    ),
    draft(
        occurred_at=MOMENT + timedelta(hours=2),
        event_type="breach_email.created",
        source_id="c",
        email="",
        name="",
        ip=None,
        received_at=MOMENT + timedelta(days=2),
    ),
    draft(
        occurred_at=MOMENT,
        event_type="share.deleted",
        source_id="d",
        email="@li@例え.example",
        name="'quoted' ＝1",
        ip="2001:DB8:0:0::1",
        item_id="＝1",
        received_at=MOMENT + timedelta(seconds=2),
    ),
]
HEADER = "Time,User name,User email,Event,Event type,IP address,Vault ID,Item ID,Sequence\r\n"
CSV = (
    HEADER
    + "2025-11-22T12:23:13.123456Z,,,Breach Custom Email Created,breach_email.created,,,,3\r\n"
    '2025-11-22T11:23:13.000000Z,"Weiß, ""山田""\r\nzwei Zeilen",'
    "'=cmd|' /C calc'!A0@acme.example,item.hidden,item.hidden,198.51.100.9,'-1,'+1,2\r\n"
    "2025-11-22T10:23:13.123456Z,''quoted' ＝1,'@li@例え.example,Share Deleted,share.deleted,"
    "2001:db8::1,,'＝1,4\r\n"
    "2025-11-22T10:23:13.123456Z,Dana Weiss,dana@acme.example,Item Read,item.read,203.0.113.7,"
    "v_81,i_2207,1\r\n"
)
JSON_LINES = (
    '{"id":"c","occurred_at":"2025-11-22T12:23:13.123456Z","event":"breach_email.created",'
    '"user":null,"ip":null,"vault_id":null,"item_id":null,"client":null,"data":{},"seq":3,'
    '"received_at":"2025-11-24T10:23:13.123456Z"}\n'
    '{"id":"b","occurred_at":"2025-11-22T11:23:13.000000Z","event":"item.hidden",'
    '"user":{"email":"=cmd|\' /C calc\'!A0@acme.example",'
    '"name":"Weiß, \\"山田\\"\\r\\nzwei Zeilen"},"ip":"198.51.100.9","vault_id":"-1",'
    '"item_id":"+1","client":null,"data":{},"seq":2,"received_at":"2025-11-23T10:23:13.123456Z"}\n'
    '{"id":"d","occurred_at":"2025-11-22T10:23:13.123456Z","event":"share.deleted",'
    '"user":{"email":"@li@例え.example","name":"\'quoted\' ＝1"},"ip":"2001:db8::1",'
    '"vault_id":null,"item_id":"＝1","client":null,"data":{},"seq":4,'
    '"received_at":"2025-11-22T10:23:15.123456Z"}\n'
    '{"id":"a","occurred_at":"2025-11-22T10:23:13.123456Z","event":"item.read",'
    '"user":{"email":"dana@acme.example","name":"Dana Weiss"},"ip":"203.0.113.7",'
    '"vault_id":"v_81","item_id":"i_2207","client":"Proton Pass for Firefox 1.31",'
    '"data":{"a":"ü","b":[1,2.5,null],"kind":"login"},"seq":1,'
    '"received_at":"2025-11-22T10:23:15.123456Z"}\n'
)


def query(organization, text: str = "") -> LogQuery:
    return LogQuery.for_operator(organization, QueryDict(text))


def whole(organization, form: Format, text: str = "") -> str:
    return b"".join(exports.stream(query(organization, text), form)).decode()


@pytest.fixture
def log(acme):
    record(acme, DRAFTS)
    return acme


def test_it_writes_this_csv(log):
    assert whole(log, Format.CSV) == CSV


def test_it_writes_these_json_lines(log):
    assert whole(log, Format.JSONL) == JSON_LINES


def test_it_gives_its_own_id_where_the_source_has_none(acme):
    stored = event(acme)
    assert json.loads(whole(acme, Format.JSONL))["id"] == str(stored.pk)


def test_it_keeps_the_order_of_the_page(log):
    header, *lines = CSV.replace("\r\nzwei", " zwei").splitlines(keepends=True)
    exported = whole(log, Format.CSV, "order=oldest").replace("\r\nzwei", " zwei")
    assert exported == header + "".join(lines[::-1])


def test_it_writes_what_the_filter_leaves(log):
    assert whole(log, Format.CSV, "user=nobody@acme.example") == HEADER
    assert whole(log, Format.JSONL, "user=nobody@acme.example") == ""
    assert whole(log, Format.CSV, "event=item.read") == HEADER + CSV.splitlines(keepends=True)[-1]


def test_it_writes_an_empty_log(acme):
    assert whole(acme, Format.CSV) == HEADER
    assert whole(acme, Format.JSONL) == ""


def test_it_takes_no_notice_of_the_page(log):
    page = query(log).page()
    assert page.next is None
    assert whole(log, Format.CSV, "p=end") == CSV


@pytest.mark.parametrize(
    ("form", "content_type", "suffix", "content"),
    [
        ("", "text/csv; charset=utf-8", "csv", CSV),
        ("csv", "text/csv; charset=utf-8", "csv", CSV),
        ("jsonl", "application/x-ndjson", "jsonl", None),
    ],
)
def test_it_is_downloaded_under_a_telling_name(
    log, as_alice, monkeypatch, form, content_type, suffix, content
):
    monkeypatch.setattr(exports.timezone, "now", lambda: MOMENT)
    url = reverse("admin:activity_event_export") + (f"?format={form}" if form else "")
    response = as_alice.get(url)
    assert response.status_code == 200
    assert response.streaming
    assert response["Content-Type"] == content_type
    assert response["Content-Disposition"] == (
        f'attachment; filename="activity-acme-20251122T102313Z.{suffix}"'
    )
    assert "no-store" in response["Cache-Control"]
    assert response.getvalue().decode() == (content or whole(log, Format.JSONL))


@pytest.mark.parametrize("form", Format)
@pytest.mark.parametrize("order", ["newest", "oldest"])
def test_it_leaves_out_what_is_recorded_after_it_began(log, monkeypatch, form, order):
    monkeypatch.setattr(exports, "BATCH_SIZE", 1)
    expected = whole(log, form, f"order={order}")
    with closing(exports.stream(query(log, f"order={order}"), form)) as stream:
        begun = next(stream)
        later = [MOMENT - timedelta(days=1), MOMENT, MOMENT + timedelta(minutes=3)]
        record(log, [draft(occurred_at=moment, client="late") for moment in later])
        assert (begun + b"".join(stream)).decode() == expected


@pytest.mark.parametrize("form", Format)
def test_it_sends_the_first_piece_before_it_reads_on(log, monkeypatch, form):
    monkeypatch.setattr(exports, "BATCH_SIZE", 1)
    monkeypatch.setattr(copy, "PIECE_SIZE", 1)
    with closing(exports.stream(query(log), form)) as stream:
        first = next(stream)
        assert first.decode() in (HEADER, whole(log, form).splitlines(keepends=True)[0])
        with CaptureQueriesContext(connection) as queries:
            second = next(stream)
        assert len([query for query in queries if "activity_event" in query["sql"]]) <= 1
        assert second.count(b"\n") <= 2
        assert len(list(stream)) >= 2


def test_it_reads_in_few_queries(log, monkeypatch):
    monkeypatch.setattr(exports, "BATCH_SIZE", 3)
    asked = query(log)
    with CaptureQueriesContext(connection) as queries:
        list(exports.stream(asked, Format.JSONL))
    assert len([query for query in queries if "activity_event" in query["sql"]]) == 2


def test_it_guards_every_column_that_others_fill(acme):
    values = {"name": "=1", "email": "=1", "event_type": "=1", "vault_id": "=1", "item_id": "=1"}
    record(acme, [draft(**values, ip=None)])
    time, *cells = whole(acme, Format.CSV).splitlines()[1].split(",")
    assert time.endswith("Z")
    assert cells == ["'=1", "'=1", "'=1", "'=1", "", "'=1", "'=1", "1"]


def test_it_stops_reading_when_the_reader_goes_away(log):
    for form in Format:
        stream = exports.stream(query(log), form)
        next(stream)
        stream.close()
    assert whole(log, Format.CSV) == CSV
