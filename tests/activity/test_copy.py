"""The database writes the CSV by itself, byte for byte what the portable way writes."""

from datetime import UTC, datetime

import pytest
from django.http import QueryDict

from activity import exports
from activity.event_types import EVENT_TYPES
from activity.exports import copy
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
    drafts += [factories.draft(event_type=code) for code in [*EVENT_TYPES, "=new", "x.100%", "'q"]]
    drafts += [
        factories.draft(email="", name="", ip=None),
        factories.draft(ip="2001:db8::1"),
        factories.draft(occurred_at=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)),
        factories.draft(occurred_at=datetime(2026, 1, 2, 3, 4, 5, 120000, tzinfo=UTC)),
        factories.draft(ip="::ffff:198.51.100.9"),
    ]
    record(acme, drafts)


@pytest.mark.django_db
@pytest.mark.usefixtures("_odd_log")
@pytest.mark.parametrize("order", ["newest", "oldest"])
def test_it_writes_the_same_bytes(acme, order, monkeypatch):
    monkeypatch.setattr(copy, "PIECE_SIZE", 500)
    monkeypatch.setattr(exports, "BATCH_SIZE", 5)
    query = LogQuery.for_operator(acme, QueryDict(f"order={order}"))
    header, *copied = exports.stream(query, exports.Format.CSV)
    assert b"".join(copied) == b"".join(exports._portable_csv(query))
    assert len(copied) > 5
    assert header.count(b"\r\n") == 1


@pytest.mark.django_db
@pytest.mark.usefixtures("_odd_log")
def test_it_writes_nothing_but_the_header_for_an_impossible_filter(acme):
    query = LogQuery.for_operator(acme, QueryDict("event=item.read,-item.read"))
    assert len(b"".join(exports.stream(query, exports.Format.CSV)).splitlines()) == 1
