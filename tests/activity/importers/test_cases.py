"""Files as people have them: small ones of each kind, and what must become of their rows."""

from typing import NamedTuple

import pytest
from django.core.exceptions import ValidationError
from django.http import QueryDict

from activity.drafts import EventDraft
from activity.models import Event
from activity.reading.filter_values import parse_search
from activity.reading.query import LogQuery
from tests.activity.importers.running import CASES, drafts, import_events, parse, told


class Read(NamedTuple):
    """A file that is read. `rows` are the values of the fields `fields` of its drafts."""

    file: str
    format_name: str
    fields: str
    rows: list[tuple]
    zone: str | None = None


EVENT = "occurred_at event_type email ip"
DANA = ("2025-05-02T10:23:13+00:00", "item.read", "dana@elm.example", "203.0.113.7")
NAMED = "name email event_type ip data"
LONG = "Mozilla/5.0 " + "x" * 300
LETTERS = [("a",), ("b",), ("c",)]

READ = [
    Read("13-proton-comma-name.csv", "proton", NAMED, [
        ("Weiss, Dana", "dana@elm.example", "item.read", "203.0.113.7",
         {"description": "Item read in vault"}),
    ]),
    Read("14-proton-name-only.json", "proton", "email name event_type", [
        ("Deleted user", "Deleted user", "item.read"),
        ("Deleted user", "Deleted user", "secure_link.created"),
    ]),
    Read("16-semicolon.csv", "proton", EVENT, [DANA]),
    Read("16-sep-line.csv", "proton", EVENT, [DANA]),
    Read("16-tab.csv", "proton", EVENT, [DANA]),
    Read("17-double-bom.csv", "proton", "name", [("Dañâ Weiß",)]),
    Read("18-empty-page.json", "proton", "", []),
    Read("19-pretty.json", "native", "source_id", LETTERS),
    Read("20-trailing-comma.jsonl", "native", "source_id", LETTERS),
    Read("21-ip-forms.jsonl", "native", "ip data", [
        ("203.0.113.7", {"as_sent": {"ip": "203.0.113.7:52144"}}),
        ("2001:db8::1", {"as_sent": {"ip": "[2001:db8::1]:443"}}),
        ("2001:db8::1", {}),
        ("203.0.113.7", {}),
        (None, {"as_sent": {"ip": "203.0.113.7, 10.0.0.1"}}),
        (None, {"as_sent": {"ip": "fe80::1%eth0"}}),
        (None, {"as_sent": {"ip": "203.0.113.xxx"}}),
        (None, {"as_sent": {"ip": "unknown"}}),
    ]),
    Read("22-long-client.jsonl", "native", "client data", [
        (f"{LONG[:254]}…", {"as_sent": {"client": LONG}}),
    ]),
    Read("31-native-excel-semicolon.csv", "native-csv", EVENT + " vault_id", [(*DANA, "v")]),
    Read("32-excel-empty-rows.csv", "proton", EVENT, [DANA]),
]  # fmt: skip
REFUSED = {
    "30-offset-24.jsonl": (
        "line 1: 2025-05-02T10:23:13+24:00 is not a time: an offset has at most 23 hours and 59 "
        "minutes"
    ),
}


def _values(draft: EventDraft, fields: str) -> tuple:
    values = (getattr(draft, field) for field in fields.split())
    return tuple(value.isoformat() if hasattr(value, "isoformat") else value for value in values)


@pytest.mark.parametrize("case", READ, ids=lambda case: case.file)
@pytest.mark.parametrize("is_named", [True, False], ids=["named", "recognized"])
def test_it_reads_the_file(case, is_named):
    name = case.format_name if is_named else "auto"
    read = drafts(name, (CASES / case.file).read_bytes(), zone=case.zone)
    assert [_values(draft, case.fields) for draft in read] == case.rows


@pytest.mark.parametrize("file", REFUSED)
def test_it_says_why_it_does_not_read_a_row(file):
    assert told(parse("auto", (CASES / file).read_bytes())) == [REFUSED[file]]


@pytest.mark.parametrize("arguments", [[], ["--format", "proton"]])
def test_it_imports_an_empty_page(acme, arguments):
    outcome = import_events(CASES / "18-empty-page.json", *arguments)
    assert outcome == (0, "accepted=0 duplicates=0 conflicts=0 rejected=0\n", "")
    assert not Event.objects.exists()


def test_it_does_not_store_an_event_again_when_its_actor_was_renamed(acme):
    first, second = (import_events(CASES / f"23-renamed-{name}.csv") for name in "ab")
    assert first.stdout == "accepted=1 duplicates=0 conflicts=0 rejected=0\n"
    assert second == (0, "accepted=1 duplicates=1 conflicts=0 rejected=0\n", "")


def test_it_finds_exactly_the_address_that_was_asked_for(acme):
    import_events(CASES / "29-casefold.jsonl")
    for email in ("straße", "strasse", "mıke", "mike", "STRAßE", "Mike"):
        query = LogQuery.for_operator(acme, QueryDict(f"user={email}@elm.example"))
        assert [one.actor.email for one in query.events] == [f"{email.lower()}@elm.example"]


SEARCHES = [
    "203.0.113.7/32", "2001:db8::1/128", "2001:db8::1/128", None, "203.0.113.0/24",
    "203.0.113.0/24", None, "203.0.113.7/32", "203.0.113.7/32",
]  # fmt: skip


@pytest.mark.parametrize(("line", "network"), list(enumerate(SEARCHES)))
def test_it_understands_a_search_for_addresses_or_refuses_it(line, network):
    text = (CASES / "24-searches.txt").read_text().splitlines()[line]
    if network:
        assert str(parse_search(text)) == network
    else:
        with pytest.raises(ValidationError):
            parse_search(text)
