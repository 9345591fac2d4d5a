"""Invalid CSV, and CSV that is larger than memory."""

import csv
import io
import tracemalloc

from hypothesis import given
from hypothesis import strategies as st

from activity.importers import IMPORTERS
from activity.importers.files.lines import open_text
from activity.importers.files.rows import Parsed
from activity.importers.options import Options
from tests.activity.importers.endless import Endless
from tests.activity.importers.running import UNHURRIED, drafts, parse, told

MEGABYTE = 1024 * 1024
HEADER = b"Time,User Name,User Email,Event,IP\n"
GOOD = b"2025-11-22T10:23:13Z,Dana,dana@acme.example,ItemRead,203.0.113.7\n"


def _names(content: bytes) -> list[str]:
    return [row.draft.name for row in parse("proton", content) if isinstance(row, Parsed)]


def _named(name: bytes) -> bytes:
    return GOOD.replace(b"Dana", name)


def test_it_reads_cells_over_several_lines():
    row = _named(b'"Night,\r\n""Shift""\n"')
    assert _names(HEADER + row + GOOD) == ['Night,\r\n"Shift"\n', "Dana"]


def test_it_skips_empty_lines():
    assert _names(HEADER + b"\n\r\n" + GOOD + b"\n") == ["Dana"]


def test_it_reads_a_last_row_without_line_end():
    assert _names(HEADER + GOOD.rstrip(b"\n")) == ["Dana"]


def test_it_loses_one_row_to_a_lost_quotation_mark():
    content = HEADER + _named(b'"lost') + _named(b"b") + _named(b'"c"') + _named(b"d")
    rows = parse("proton", content)
    assert _names(content) == ["b", "c", "d"]
    assert told(rows) == [
        "line 2: has a quotation mark that is not closed, or is not followed by a comma"
    ]


def test_it_loses_one_row_to_a_quotation_mark_that_nothing_closes():
    content = HEADER + _named(b'"lost') + _named(b"b") + _named(b"c")
    assert _names(content) == ["b", "c"]
    assert told(parse("proton", content)) == [
        "line 2: has a quotation mark that is not closed, or is not followed by a comma"
    ]


def test_it_rejects_a_row_and_reads_the_next():
    content = b"".join(
        [
            HEADER,
            _named(b"a\0b"),
            _named(b"\xff"),
            _named(b'"a"b'),
            _named(b"a\rb"),
            _named(b"a").replace(b"ItemRead", b"Item,Read"),
            _named(b"x" * 140_000),
            GOOD,
        ]
    )
    assert _names(content) == ["Dana"]
    said = told(parse("proton", content))
    assert said[:3] == [
        "line 2: holds a NUL byte",
        "line 3: is not UTF-8 at byte 22 of the row",
        "line 4: is not valid CSV: ',' expected after '\"'",
    ]
    assert said[3].startswith("line 5: is not valid CSV: new-line character seen in unquoted field")
    assert said[4:] == [
        "line 6: has 6 cells where the header has 5",
        "line 7: is not valid CSV: field larger than field limit (131072)",
    ]


def test_it_keeps_rejected_rows_as_they_were():
    broken = _named(b'"two\nlines"').replace(b"ItemRead", b"Item,Read")
    [rejected] = [r for r in parse("proton", HEADER + broken) if not isinstance(r, Parsed)]
    assert (rejected.raw.heading, rejected.raw.content) == (HEADER, broken)


def test_it_skips_a_line_of_100_megabytes_without_holding_it():
    pieces = [HEADER, GOOD, b'2025,"', None, b'",\n', GOOD]
    stream = open_text(io.BufferedReader(Endless(pieces, 100 * MEGABYTE)))
    tracemalloc.start()
    try:
        rows = list(IMPORTERS["proton"].parse(stream, Options()))
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len([row for row in rows if isinstance(row, Parsed)]) == 2
    assert told(rows) == ["line 3: is longer than 1024 KiB; it is skipped and not kept"]
    assert peak < 8 * MEGABYTE


def test_it_looks_no_further_than_1000_lines_for_the_end_of_a_cell():
    cell = b'"' + b"\n" * 1100 + b'"'
    content = HEADER + _named(cell) + GOOD
    rows = parse("proton", content)
    assert _names(content) == ["Dana"]
    assert told(rows)[0] == (
        "line 2: has a quotation mark that is not closed, or is not followed by a comma"
    )


cells = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=150)


@UNHURRIED
@given(st.lists(cells, min_size=1, max_size=4))
def test_it_reads_back_any_cells(names):
    text = io.StringIO(newline="")
    rows = [["2025-11-22T10:23:13Z", name, "a@b.example", "ItemRead", ""] for name in names]
    csv.writer(text).writerows(rows)
    content = HEADER + text.getvalue().encode()
    assert [draft.name for draft in drafts("proton", content)] == names
