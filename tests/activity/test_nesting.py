"""JSON that is nested too deep: refused at every door, and shown where it is stored already."""

import csv
import io
import json
import sys
import time
from contextlib import contextmanager

import pytest
from django.core.management import call_command
from hypothesis import given
from hypothesis import strategies as st

from activity.delivery.kinds.base import messages_for
from activity.delivery.models import Destination
from activity.drafts import InvalidDraft
from activity.formats import FORMATS, EventRow, to_json
from activity.models import Event
from activity.nesting import MAX_DEPTH, flattened, is_too_deep
from activity.recording import record
from tests.api.conftest import EVENTS, bearer, issue
from tests.factories import draft

pytestmark = pytest.mark.slow

LOG = "/admin/activity/event/"
DEPTHS_OF_OLD = [65, 300, 915, 938, 944]


def nested(depth: int, value: object = 1) -> dict:
    """Data of `depth` levels."""
    data: dict = {"in": value}
    for _ in range(depth - 1):
        data = {"in": data}
    return data


def text_of(depth: int) -> str:
    return '{"in":' * depth + "1" + "}" * depth


@contextmanager
def deep_recursion():
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(20_000)
    try:
        yield
    finally:
        sys.setrecursionlimit(before)


def store_as_of_old(organization, depth: int) -> None:
    """Stores an event as versions without the limit did."""
    old = draft(source_id=f"deep-{depth}")
    with deep_recursion():
        object.__setattr__(old, "data", nested(depth))
        record(organization, [old])


def depth_of(value: object) -> int:
    if isinstance(value, dict):
        return 1 + max(map(depth_of, value.values()), default=0)
    if isinstance(value, list):
        return 1 + max(map(depth_of, value), default=0)
    return 0


anything = st.recursive(
    st.text(alphabet='[]{}"\\a', max_size=6) | st.integers(0, 9) | st.none(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(alphabet='[]{}"\\a', max_size=3), inner, max_size=3)
    ),
    max_leaves=20,
)


@given(anything, st.integers(0, 70))
def test_it_counts_levels_whatever_the_texts_hold(value, wrapped):
    for _ in range(wrapped):
        value = [value]
    for text in (json.dumps(value), json.dumps(value, indent=1, ensure_ascii=False)):
        assert is_too_deep(text) == (depth_of(value) > MAX_DEPTH)
        flat = json.loads(flattened(text))
        assert depth_of(flat) == min(depth_of(value), MAX_DEPTH)
        assert (flat == value) == (depth_of(value) <= MAX_DEPTH)


def test_it_keeps_what_is_too_deep_as_text():
    flat = json.loads(flattened(text_of(MAX_DEPTH + 3)))
    for _ in range(MAX_DEPTH):
        flat = flat["in"]
    assert flat == '{"in":{"in":{"in":1}}}'


@given(st.text(alphabet='[]{}"\\,: a', max_size=300))
def test_it_survives_text_that_is_not_json(text):
    is_too_deep(text * 3)
    flattened(text * 3)


@pytest.mark.parametrize("piece", ['"\\', '\\"', '"', "[", "]", "{", '["', '{"a":"\\\\"'])
def test_it_is_linear_in_hostile_text(piece):
    def seconds(size: int) -> float:
        text = "[" * 100 + piece * (size // len(piece))
        started = time.process_time()
        is_too_deep(text)
        flattened(text)
        return time.process_time() - started

    seconds(100_000)
    assert seconds(800_000) < 8 * 4 * max(seconds(100_000), 0.01)


def test_a_draft_has_its_limit():
    assert draft(data=nested(MAX_DEPTH)).data == nested(MAX_DEPTH)
    for depth in (MAX_DEPTH + 1, 900, 100_000):
        with pytest.raises(InvalidDraft, match="data: is nested deeper than 64 levels"):
            draft(data=nested(depth))


def native(depth: int) -> str:
    return (
        '{"occurred_at":"2026-11-02T10:23:13Z","event":"item.read",'
        f'"user":{{"email":"dana@acme.example"}},"data":{text_of(depth)}}}'
    )


def cloudevent(depth: int) -> str:
    return (
        f'{{"specversion":"1.0","id":"{depth}","source":"/x","type":"item.read",'
        '"time":"2026-11-02T10:23:13Z",'
        f'"data":{{"user":{{"email":"dana@acme.example"}},"data":{text_of(depth)}}}}}'
    )


@pytest.mark.parametrize(
    ("content_type", "make", "separator", "frame"),
    [
        ("application/json", native, ",", "[%s]"),
        ("application/x-ndjson", native, "\n", "%s"),
        ("application/cloudevents-batch+json", cloudevent, ",", "[%s]"),
    ],
)
def test_the_api_refuses_the_event_and_stores_the_others(
    post, acme, content_type, make, separator, frame
):
    body = frame % separator.join(make(depth) for depth in (MAX_DEPTH, MAX_DEPTH + 1, 600, 1))
    answer = post(body, content_type).json()
    assert (answer["accepted"], answer["rejected"]) == (2, 2)
    assert [error["index"] for error in answer["errors"]] == [1, 2]
    assert {error["message"] for error in answer["errors"]} == {
        "data: is nested deeper than 64 levels"
    }


@pytest.mark.parametrize("depth", [938, 50_000])
@pytest.mark.parametrize("content_type", ["application/json", "application/cloudevents+json"])
def test_the_api_refuses_a_body_of_any_depth(post, acme, content_type, depth):
    make = cloudevent if "cloudevents" in content_type else native
    response = post(make(depth), content_type)
    assert response.status_code in (400, 422)
    assert "is nested deeper than 64 levels" in response.content.decode()
    assert not Event.objects.exists()


def test_the_attributes_of_a_cloudevent_have_the_limit_too(post, acme):
    event = cloudevent(1).replace('"source"', f'"more":{text_of(MAX_DEPTH)},"source"')
    assert "is nested deeper" in post(event, "application/cloudevents+json").content.decode()


@pytest.mark.parametrize("depth", [MAX_DEPTH + 1, 150, 944, 20_000])
def test_a_file_loses_only_that_row(acme, tmp_path, capsys, depth):
    path = tmp_path / "events.jsonl"
    path.write_text(f"{native(1)}\n{native(depth)}\n{native(2)}\n")
    with pytest.raises(Exception, match="Some rows were not stored"):
        call_command("import_events", str(path), organization="acme")
    out, err = capsys.readouterr()
    assert out == "accepted=2 duplicates=0 conflicts=0 rejected=1\n"
    assert "line 2" in err
    assert "is nested deeper than 64 levels" in err


@pytest.fixture
def post(acme):
    machine = bearer(issue(acme))
    return lambda body, content_type: machine.post(EVENTS, body, content_type=content_type)


@pytest.fixture
def old_log(acme):
    for depth in DEPTHS_OF_OLD:
        store_as_of_old(acme, depth)
    record(acme, [draft(source_id="new")])
    return acme


def test_old_rows_are_on_every_page(old_log, as_alice):
    rows = as_alice.get(LOG).context["cl"].result_list
    assert len(rows) == len(DEPTHS_OF_OLD) + 1
    for row in rows:
        page = as_alice.get(row.detail_url)
        assert page.status_code == 200
        assert ("&quot;in&quot;: {" in page.content.decode()) == (row is not rows[0])


@pytest.mark.parametrize("parameters", [{}, {"cursor": ""}])
@pytest.mark.parametrize("form", FORMATS.codes())
def test_old_rows_are_in_feed_and_history(old_log, form, parameters):
    response = bearer(issue(old_log)).get(EVENTS, {"format": form, **parameters})
    assert response.status_code == 200
    assert len(response.json()["items"]) == len(DEPTHS_OF_OLD) + 1


@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_old_rows_are_in_downloads(old_log, as_alice, form):
    content = b"".join(as_alice.get(f"{LOG}export/?format={form}").streaming_content).decode()
    if form == "csv":
        assert len(list(csv.reader(io.StringIO(content)))) == len(DEPTHS_OF_OLD) + 2
    else:
        assert len([json.loads(line) for line in content.splitlines()]) == len(DEPTHS_OF_OLD) + 1


@pytest.mark.parametrize("form", FORMATS.codes())
def test_old_rows_are_delivered(old_log, form):
    events = Event.objects.filter(organization=old_log).select_related("actor").order_by("seq")
    destination = Destination(organization=old_log, format=form)
    messages = messages_for(destination, map(EventRow.of, events))
    assert [len(to_json(message.content)) > 64 for message in messages] == [True] * len(events)


def test_an_old_row_and_its_export_are_the_same_event(old_log, as_alice, tmp_path, capsys):
    content = b"".join(as_alice.get(f"{LOG}export/?format=jsonl").streaming_content)
    path = tmp_path / "export.jsonl"
    path.write_bytes(content)
    call_command("import_events", str(path), organization="acme")
    assert capsys.readouterr().out == "accepted=0 duplicates=6 conflicts=0 rejected=0\n"


def test_the_page_of_an_event_is_bounded(acme, as_alice):
    value: object = [0] * 20_000
    for _ in range(MAX_DEPTH - 2):
        value = [value]
    record(acme, [draft(data={"in": value})])
    page = as_alice.get(as_alice.get(LOG).context["cl"].result_list[0].detail_url)
    assert len(page.content) < 300_000
    assert "Only the beginning is shown." in page.content.decode()
