import csv
import io
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from activity.drafts import EventDraft
from activity.importers.files.rows import Unusable
from organizations.spreadsheets import guard
from tests.activity.importers.running import UNHURRIED, drafts, parse, told

HEADER = b"Time,User name,User email,Event,Event type,IP address,Vault ID,Item ID,Sequence\r\n"


def test_it_reads_every_column():
    row = (
        b'2025-11-22T10:23:13.123456Z,"\'=Weiss, Dana",dana@acme.example,Item Read,item.read,'
        b"203.0.113.7,v_81,'-i,7\r\n"
    )
    assert drafts("native-csv", HEADER + row) == [
        EventDraft(
            occurred_at=datetime(2025, 11, 22, 10, 23, 13, 123456, tzinfo=UTC),
            event_type="item.read",
            email="dana@acme.example",
            name="=Weiss, Dana",
            ip="203.0.113.7",
            vault_id="v_81",
            item_id="-i",
            log_seq=7,
        )
    ]


@pytest.mark.parametrize(
    ("label", "code"),
    [("item read", "item.read"), ("ItemRead", "item.read"), ("Vault Archived", "VaultArchived")],
)
def test_it_goes_by_the_label_when_the_type_is_empty(label, code):
    row = f"2025-11-22T10:23:13Z,,,{label},,,,,\r\n".encode()
    [draft] = drafts("native-csv", HEADER + row)
    assert draft.event_type == code


def test_it_puts_events_of_one_time_in_the_order_of_their_recording():
    rows = [f"2025-11-22T10:23:13Z,,,,item.read,,v_{seq},,{seq}\r\n" for seq in (12, 9, 8)]
    read = drafts("native-csv", HEADER + "".join(rows).encode())
    assert [draft.vault_id for draft in read] == ["v_8", "v_9", "v_12"]


def test_it_rejects_a_row_and_says_why():
    rows = (
        b"2025-11-22T10:23:13Z,Dana,dana@acme.example,Item Read,item.read,203.0.113.7,v,i\r\n"
        b"2025-11-22T10:23:62Z,Dana,dana@acme.example,Item Read,item.read,203.0.113.7,v,i,1\r\n"
        b"2025-11-22T10:23:13Z,Dana,dana@acme.example,Item Read,item.read,203.0.113.7,v,i,one\r\n"
    )
    assert told(parse("native-csv", HEADER + rows)) == [
        "line 2: has 8 cells where the header has 9",
        "line 3: the time 2025-11-22T10:23:62Z has a second of 62; seconds end at 59",
        "line 4: Sequence: must be a whole number",
    ]


@pytest.mark.parametrize(
    "header",
    [
        b"Time,User Name,User email,Event,Event type,IP address,Vault ID,Item ID,Sequence\r\n",
        b"Time:User name:User email:Event:Event type:IP address:Vault ID:Item ID:Sequence\r\n",
        b"Time,User name,User email,Event,Event type,IP address,Vault ID,Item ID,Sequence,More\r\n",
        b"Time,User name,User email,Event,Event type,IP address,Vault ID,Item ID,Item ID\r\n",
        b"2025-11-22T10:23:13Z,,,Item Read,item.read,,,,\r\n",
        b'"Time\r\n',
    ],
)
def test_it_refuses_a_file_with_another_header(header):
    with pytest.raises(Unusable) as caught:
        parse("native-csv", header)
    assert str(caught.value).startswith("The first line must be Time,User name,User email,Event,")


storable = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))


@UNHURRIED
@given(storable.filter(lambda text: len(text) <= 200), st.sampled_from("=+-@'\t\r\n＝＋－＠a"))
def test_it_reads_back_any_text_that_was_guarded(rest, start):
    name = (start + rest)[:200]
    text = io.StringIO(newline="")
    cells = ["2025-11-22T10:23:13Z", guard(name), "a@b.example", "", "item.read", "", "", "", "1"]
    csv.writer(text, lineterminator="\r\n").writerow(cells)
    [draft] = drafts("native-csv", HEADER + text.getvalue().encode())
    assert draft.name == name
