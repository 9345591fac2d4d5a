"""JSON that is broken, cut off, or larger than the memory."""

import io
import json
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from activity.importers import IMPORTERS, Importer
from activity.importers.files.json_rows import JsonFormat
from activity.importers.files.lines import open_text
from activity.importers.files.rows import MAX_ROW_BYTES, Parsed, Unusable
from activity.importers.options import Options
from tests.activity.importers.endless import Endless
from tests.activity.importers.running import UNHURRIED, drafts, parse, told

MEGABYTE = 1024 * 1024


def _row(**values) -> dict:
    return {"time": "2025-11-22T10:23:13Z", "eventType": "ItemRead"} | values


def _items(rows) -> list[str]:
    return [row.draft.item_id for row in rows if isinstance(row, Parsed)]


def _item(name: str) -> dict:
    return _row(eventData={"itemId": name})


def test_it_reads_pages_after_one_another():
    page = {"code": 1000, "items": [_item("a"), _item("b")], "meta": {"pages": [1, 2]}}
    content = "\n".join(json.dumps(page, indent=indent) for indent in (None, 1))
    assert [draft.item_id for draft in drafts("proton", content.encode())] == ["a", "b", "a", "b"]


anything = st.recursive(
    st.text(max_size=5) | st.none() | st.integers(0, 99),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=4,
)


@UNHURRIED
@given(st.lists(anything, max_size=3), st.sampled_from([None, 0, 3]), st.booleans())
def test_it_cuts_any_document_into_its_rows(values, indent, is_ascii):
    rows = [_row(value=value) for value in values]
    content = json.dumps({"Items": rows, "Total": 1}, indent=indent, ensure_ascii=is_ascii)
    row_format = IMPORTERS["proton"].shapes[0]
    stream = open_text(io.BytesIO(content.encode()))
    assert [row_format.values(row.content) for row in row_format.rows(stream)] == rows


def test_it_imports_what_comes_before_the_break():
    content = json.dumps({"Items": [_item("a"), _item("b"), _item("c")]}).encode()
    rows = parse("proton", content[: content.index(b'"c"') + 2])
    assert _items(rows) == ["a", "b"]
    assert told(rows) == ["line 1, item 3: is cut off: the file ends in the middle of it"]


def test_it_notices_a_document_that_ends_between_two_rows():
    content = json.dumps({"Items": [_item("a"), _item("b")]}, indent=1).encode()
    rows = parse("proton", content[: content.rindex(b"]")])
    assert _items(rows) == ["a", "b"]
    assert told(rows) == ["line 17: the file is cut off: it ends before its closing bracket"]


def test_it_rejects_a_broken_row_of_a_document_and_goes_on():
    rows = [json.dumps(_item(name)) for name in "abc"]
    rows[1] = rows[1].replace('"2025-11-22T10:23:13Z"', "2025-11-22")
    content = '[\n{},\n{},\n"text", 5, null,\n{}\n]'.format(*rows).encode()
    parsed = parse("proton", content)
    assert _items(parsed) == ["a", "c"]
    assert told(parsed) == [
        "line 3, item 2: is not valid JSON: Expecting ',' delimiter: line 1 column 14 (char 13)",
        "line 5: is not a JSON object",
    ]
    assert [row.raw.content for row in parsed if not isinstance(row, Parsed)] == [
        rows[1].encode(),
        b'"text", 5, null',
    ]


@pytest.mark.parametrize(
    ("content", "reasons"),
    [
        (b'{"Items":[]}\n{"Error":"none"}', ["line 2: holds no list of rows"]),
        (b'{"Items":[]} and more', ["line 1: is not a JSON object"]),
        (b'{"Items":[]}}', ["line 1: holds no list of rows"]),
        (b'{"Items":[[1,2]]}', ["line 1, item 1: is not a JSON object"]),
        (b'[{"a":"\\\\"}, {"b":"]"}', ["line 1, item 1: ", "line 1, item 2: ", "line 1: the file"]),
    ],
)
def test_it_says_what_else_is_in_a_document(content, reasons):
    said = told(parse("proton", content))
    assert len(said) == len(reasons)
    assert all(line.startswith(reason) for line, reason in zip(said, reasons, strict=True))


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b'{"event": "item.read"', "is not valid JSON: Expecting ',' delimiter: "),
        (b'["event"]', "is not a JSON object"),
        (b'{"event": 1, "event": 2}', "has the key event twice"),
        (b'{"data": {"a": {"b": 1, "b": 1}}}', "has the key b twice"),
        (b'{"data": {"a": NaN}}', "NaN is not valid JSON"),
        (b'{"event": "a\0b"}', "holds a NUL byte"),
        (b'{"event": "\xff"}', "is not UTF-8 at byte 12 of the row"),
        (b'{"data": ' + b"[" * 100_000, "is nested deeper than 64 levels"),
        (b'{"data": ' + b"9" * 5000 + b"}", "is not valid JSON: "),
    ],
)  # fmt: skip
def test_it_rejects_a_line_and_reads_the_next(line, reason):
    good = b'{"occurred_at": "2025-11-22T10:23:13Z", "event": "item.read"}'
    rows = parse("native", b"\n".join([good, line, b"", good]))
    assert len([row for row in rows if isinstance(row, Parsed)]) == 2
    [said] = told(rows)
    assert said.startswith(f"line 2: {reason}")


@pytest.mark.parametrize("content", [b"Time,User\n", b"hello", b"\n\nhello\n"])
def test_it_refuses_what_is_not_json(content):
    with pytest.raises(Unusable, match="The file is not JSON"):
        parse("native", content)


@pytest.mark.parametrize("content", [b"", b"\xef\xbb\xbf", b" \r\n\t"])
def test_it_refuses_an_empty_file(content):
    with pytest.raises(Unusable, match="The file is empty"):
        parse("native", content)


@pytest.mark.parametrize("beginning", [b"\xff\xfe{\0", b"\x1f\x8b\x08", b"PK\x03\x04"])
def test_it_refuses_a_file_that_is_not_text(beginning):
    with pytest.raises(Unusable):
        parse("native", beginning)


GOOD_LINE = b'{"occurred_at":"2025-11-22T10:23:13Z","event":"item.read"}\n'
GOOD_ROW = json.dumps(_row()).encode()


@pytest.mark.parametrize(
    ("name", "pieces", "place"),
    [
        ("native", [GOOD_LINE, b'{"client":"', None, b'"}\n', GOOD_LINE], "line 2"),
        ("native", [b"x", None, b"\n", GOOD_LINE, GOOD_LINE], "line 1"),
        ("proton", [b"[", GOOD_ROW, b',{"ip":"', None, b'"},', GOOD_ROW, b"]"], "line 1, item 2"),
        (
            "proton",
            [b'{"Items":[', GOOD_ROW, b",\n", b'{"a":[[', None, b"]]},", GOOD_ROW, b"]}"],
            "line 2, item 2",
        ),
    ],
)
def test_it_skips_a_row_of_100_megabytes_without_holding_it(name, pieces, place):
    stream = open_text(io.BufferedReader(Endless(pieces, 100 * MEGABYTE)))
    tracemalloc.start()
    try:
        rows = list(IMPORTERS[name].parse(stream, Options()))
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert [type(row).__name__ for row in rows].count("Parsed") == 2
    assert told(rows) == [f"{place}: is longer than 1024 KiB; it is skipped and not kept"]
    assert peak < 8 * MEGABYTE


def test_it_takes_a_row_that_is_just_short_enough():
    filler = "x" * (MAX_ROW_BYTES - len(GOOD_LINE))
    line = GOOD_LINE[:-2] + b" " * len(filler) + b"}\n"
    assert len(line) == MAX_ROW_BYTES
    assert len(drafts("native", line)) == 1
    assert told(parse("native", GOOD_LINE + b" " + line)) == [
        "line 2: is longer than 1024 KiB; it is skipped and not kept"
    ]


def test_it_rejects_a_row_that_its_importer_is_not_prepared_for(monkeypatch):
    def draft(row, options):
        return row["when"].nothing

    row_format = JsonFormat(draft, known_by=[frozenset({"when"})])
    importer = Importer(code="odd", label="Odd", shapes=[row_format])
    rows = list(importer.parse(open_text(io.BytesIO(b'{"when": 1}\n{"x": 2}\n')), Options()))
    assert [row.reason for row in rows] == [
        "cannot be read (AttributeError: 'int' object has no attribute 'nothing')",
        "cannot be read (KeyError: 'when')",
    ]
