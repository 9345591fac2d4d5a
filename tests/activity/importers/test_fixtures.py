"""Complete files in every format and variant."""

from datetime import timedelta

import pytest
from django.db.models import Count

from activity.models import Event
from tests.activity.importers.fixtures.make import FIXTURES as MADE
from tests.activity.importers.fixtures.story import CLOCKS_GO_BACK, Happening, happenings
from tests.activity.importers.running import FIXTURES, drafts, import_events

ZURICH = ["--time-zone", "Europe/Zurich"]
SHAPES = {
    "native.jsonl": ("native", []),
    "native.csv": ("native-csv", []),
    "proton_pascal.json": ("proton", []),
    "proton_camel.json": ("proton", []),
    "proton.csv": ("proton", []),
    "proton_words.csv": ("proton", ZURICH),
    "proton_old.csv": ("proton", []),
    "proton_old_words.csv": ("proton", ZURICH),
}
EVERY_SHAPE = pytest.mark.parametrize("shape", SHAPES)
COUNTS = {
    "item.read": 70,
    "item.used": 52,
    "item.created": 23,
    "item.updated": 19,
    "item.trashed": 15,
    "VaultArchived": 15,
    "breach_email.validated": 11,
    "new_user_invite.deleted": 8,
    "secure_link.read": 8,
    "share.created": 8,
    "item.flags_changed": 6,
    "vault.created": 5,
}


def _import(shape: str):
    name, options = SHAPES[shape]
    return import_events(FIXTURES / shape, "--format", name, *options)


def _drafts(shape: str):
    name, options = SHAPES[shape]
    return drafts(name, (FIXTURES / shape).read_bytes(), zone=options[1] if options else None)


@pytest.mark.parametrize("name", MADE)
def test_it_keeps_the_fixtures_as_they_are_made(name):
    assert (FIXTURES / name).read_bytes() == MADE[name]().encode()


@EVERY_SHAPE
def test_it_imports_every_row_once(acme, shape):
    size = 237 if shape == "native.jsonl" else 240
    first, second = _import(shape), _import(shape)
    assert (first.code, second.code) == (0, 0)
    assert first.stdout == f"accepted={size} duplicates=0 conflicts=0 rejected=0\n"
    assert second.stdout == f"accepted=0 duplicates={size} conflicts=0 rejected=0\n"
    assert Event.objects.filter(organization=acme).count() == size


@pytest.mark.parametrize("shape", [shape for shape in SHAPES if shape != "native.jsonl"])
def test_it_names_the_events_alike_in_every_shape(acme, shape):
    _import(shape)
    events = Event.objects.filter(organization=acme)
    counts = events.values_list("event_type").annotate(count=Count("pk"))
    assert dict(counts) == COUNTS
    assert events.filter(actor__email="").count() == 9
    assert events.filter(ip="198.51.100.9").exists()


@EVERY_SHAPE
def test_it_keeps_who_and_from_where(shape):
    told = [(event.email, event.name, _canonical(event.ip)) for event in happenings()]
    read = [(draft.email, draft.name, draft.ip) for draft in _drafts(shape)]
    assert read == told[: len(read)]


def _canonical(ip: str) -> str | None:
    return ip.replace("::ffff:198", "198") or None


@pytest.mark.parametrize("shape", ["native.jsonl", "native.csv"])
def test_it_keeps_microseconds_and_items(shape):
    told = [(event.time, event.vault, event.item) for event in happenings()]
    read = [(draft.occurred_at, draft.vault_id, draft.item_id) for draft in _drafts(shape)]
    assert read == told[: len(read)]


@pytest.mark.parametrize(
    "shape", ["proton_pascal.json", "proton_camel.json", "proton.csv", "proton_old.csv"]
)
def test_it_reads_times_with_offsets(shape):
    read = [draft.occurred_at for draft in _drafts(shape)]
    assert read == [event.time.replace(microsecond=0) for event in happenings()]


@pytest.mark.parametrize("shape", ["proton_words.csv", "proton_old_words.csv"])
def test_it_takes_the_earlier_of_two_hours(shape):
    read = [draft.occurred_at for draft in _drafts(shape)]
    assert read == [_as_the_clocks_showed(event) for event in happenings()]


def _as_the_clocks_showed(event: Happening):
    minute = event.time.replace(second=0, microsecond=0)
    is_repeated = CLOCKS_GO_BACK <= minute < CLOCKS_GO_BACK + timedelta(hours=1)
    return minute - timedelta(hours=1) if is_repeated else minute


def test_it_says_how_many_times_it_took_for_the_earlier(acme):
    outcome = _import("proton_words.csv")
    assert outcome.stderr == (
        "13 times fell in an hour that a clock change repeats; the earlier one was taken.\n"
    )


def test_it_takes_both_casings_for_the_same_events(acme):
    assert _import("proton_pascal.json").code == 0
    assert _import("proton_camel.json").stdout == (
        "accepted=0 duplicates=240 conflicts=0 rejected=0\n"
    )


@pytest.mark.parametrize("shape", ["native.jsonl", "proton_camel.json"])
def test_it_reads_json_with_any_line_ends_and_with_a_byte_order_mark(shape):
    name, _options = SHAPES[shape]
    content = (FIXTURES / shape).read_bytes().replace(b"}, {", b"},\n{")
    expected = _drafts(shape)
    assert drafts(name, content.replace(b"\n", b"\r\n")) == expected
    assert drafts(name, b"\xef\xbb\xbf" + content) == expected


@pytest.mark.parametrize("shape", ["native.csv", "proton.csv", "proton_old.csv"])
def test_it_reads_csv_with_a_byte_order_mark(shape):
    name, _options = SHAPES[shape]
    content = (FIXTURES / shape).read_bytes()
    assert drafts(name, b"\xef\xbb\xbf" + content) == _drafts(shape)
