"""The streamed CSV equals what the resource writes, and what plain Python expects."""

import csv
import io
from datetime import UTC, datetime

import pytest
from django.http import QueryDict

from activity import exports
from activity.event_types import EVENT_TYPES, event_type
from activity.exports import copy
from activity.exports.columns import EventResource
from activity.models import Event
from activity.reading.query import LogQuery
from activity.recording import record
from tests import factories

NAMES = [
    "Dana Weiss", "=SUM(A1)", "+49 30", "-1", "@dana", "'quoted", "\tTab", "\rReturn", "\nNewline",
    "＝full", "－width", 'said "hi"', "a,b", "two\nlines", "two\r\nlines", " padded ", "\\.", "\\N",
    "NULL", "", "Ünal", "محمد", "李雷", "🙂", "100%", "%s", "a\\b", "{x}",
]  # fmt: skip


@pytest.fixture
def _odd_log(acme):
    drafts = [
        factories.draft(
            email=f"p{index}@acme.example", name=name, item_id=name, vault_id=f"v{name}"
        )
        for index, name in enumerate(NAMES)
    ]
    drafts += [
        factories.draft(event_type=code) for code in [*EVENT_TYPES.codes(), "=new", "x.100%", "'q"]
    ]
    drafts += [
        factories.draft(email="", name="", ip=None),
        factories.draft(ip="2001:db8::1"),
        factories.draft(occurred_at=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)),
        factories.draft(occurred_at=datetime(2026, 1, 2, 3, 4, 5, 120000, tzinfo=UTC)),
        factories.draft(ip="::ffff:198.51.100.9"),
    ]
    record(acme, drafts)


def _guarded(text: str) -> str:
    return f"'{text}" if text[:1] and text[0] in "=+-@'\t\r\n＝＋－＠" else text


def _cells(event: Event) -> list[str]:
    """The cells of an event, formatted in Python."""
    return [
        event.occurred_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        _guarded(event.actor.name),
        _guarded(event.actor.email),
        _guarded(str(event_type(event.event_type).label)),
        _guarded(event.event_type),
        event.ip or "",
        _guarded(event.vault_id),
        _guarded(event.item_id),
        str(event.seq),
    ]


def _written(rows: list[list[str]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode()


@pytest.mark.django_db
@pytest.mark.usefixtures("_odd_log")
@pytest.mark.parametrize("order", ["newest", "oldest"])
def test_it_streams_what_the_resource_writes(acme, order, monkeypatch):
    monkeypatch.setattr(copy, "PIECE_SIZE", 500)
    monkeypatch.setattr(exports, "BATCH_SIZE", 5)
    query = LogQuery.for_operator(acme, QueryDict(f"order={order}"))
    header, *copied = exports.stream(query, exports.Format.CSV)
    sign = "" if order == "oldest" else "-"
    events = Event.objects.filter(organization=acme).select_related("actor")
    events = events.order_by(f"{sign}occurred_at", f"{sign}seq")
    assert b"".join(copied) == _written([_cells(event) for event in events])
    assert header + b"".join(copied) == EventResource().export(events).export("csv").encode()
    assert len(copied) > 5
    assert header.count(b"\r\n") == 1


@pytest.mark.django_db
@pytest.mark.usefixtures("_odd_log")
def test_it_writes_nothing_but_the_header_for_an_impossible_filter(acme):
    query = LogQuery.for_operator(acme, QueryDict("event=item.read,-item.read"))
    assert len(b"".join(exports.stream(query, exports.Format.CSV)).splitlines()) == 1
