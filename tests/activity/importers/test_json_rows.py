"""JSON that is invalid, truncated, or larger than memory."""

import io
import json
import tracemalloc
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from activity.importers import IMPORTERS, Importer
from activity.importers.files.json_elements import elements
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
        (b'{"Items":[]}\n{"Error":"none"}', ["line 2: '' is not a time such as "]),
        (b'{"Items":[]} and more', ["line 1: is not valid JSON: Expecting value: "]),
        (b'{"Items":[]}}', ["line 1: is not valid JSON: Expecting value: "]),
        (b'{"Items":[[1,2]]}', ["line 1: is not a JSON object"]),
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


@pytest.mark.parametrize("content", [b"", b"\xef\xbb\xbf", b" \r\n\t", b"[]", b"[ ]\n[\n]\n"])
@pytest.mark.parametrize("name", ["native", "proton", "auto"])
def test_it_finds_no_rows_in_an_empty_file(name, content):
    assert parse(name, content) == []


@pytest.mark.parametrize("content", [b"", b"\xef\xbb\xbf", b" \r\n\t", b"sep=;\r\n"])
def test_it_refuses_an_empty_file_of_a_format_with_a_header(content):
    with pytest.raises(Unusable, match=r"The file is empty|The first line must be"):
        parse("native-csv", content)


@pytest.mark.parametrize("beginning", [b"\xff\xfe\0\0{\0\0\0", b"\x1f\x8b\x08", b"PK\x03\x04"])
def test_it_refuses_a_file_that_is_not_text(beginning):
    with pytest.raises(Unusable):
        parse("native", beginning)


GOOD_LINE = b'{"occurred_at":"2025-11-22T10:23:13Z","event":"item.read"}\n'
GOOD_ROW = json.dumps(_row()).encode()


@pytest.mark.slow
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
    line = GOOD_LINE[:-2] + b" " * len(filler) + b" }\n"
    assert len(line.strip()) == MAX_ROW_BYTES
    assert len(drafts("native", line)) == 1
    assert told(parse("native", GOOD_LINE + line.replace(b"}", b" }"))) == [
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


GOOD_LINES = [
    GOOD_LINE.replace(b'"item.read"', b'"item.read","item_id":"%d"' % n) for n in range(3)
]
ROWS = [line.strip() for line in GOOD_LINES]
PRETTY = [json.dumps(json.loads(row), indent=2).encode() for row in ROWS]


@pytest.mark.parametrize(
    "content",
    [
        b"\n".join(ROWS),
        b"\r\n\r\n".join(ROWS),
        b"\r".join(ROWS),
        b",\n".join(ROWS),
        b" , \r\n".join(ROWS) + b",",
        b"".join(ROWS),
        b" ".join(ROWS),
        b",".join(ROWS),
        b"\x1e" + b"\n\x1e".join(ROWS) + b"\n",
        b"\n\xef\xbb\xbf".join(ROWS),
        b"[" + b",".join(ROWS) + b"]",
        b"[\n" + b",\n".join(ROWS) + b",\n]\n",
        b"[" + b"\n,".join(ROWS) + b"\n]",
        b"[%b]\n[%b]\n%b\n" % tuple(ROWS),
        b"%b\n[%b,%b]\n" % tuple(ROWS),
        b"%b\n[]\n[[%b],[%b]]\n" % tuple(ROWS),
        b"\n".join(PRETTY),
        b"".join(PRETTY),
        b",\n".join(PRETTY),
        b"%b\n%b\n[\n%b\n]\n" % (PRETTY[0], ROWS[1], PRETTY[2]),
        json.dumps([json.loads(row) for row in ROWS], indent=0).encode(),
        json.dumps([json.loads(row) for row in ROWS], indent="\t").encode(),
    ],
)
def test_it_reads_json_as_tools_write_it(content):
    for name, encoding in product(["native", "auto"], ["utf-8", "utf-8-sig", "utf-16"]):
        read = drafts(name, content.decode().encode(encoding))
        assert [draft.item_id for draft in read] == ["0", "1", "2"]


PAGES = [
    b'{"Code":1000,"Items":[%b],"Total":1}' % json.dumps(_item(name)).encode() for name in "ab"
]
EMPTY_PAGE = b'{"Code":1000,"Items":[],"Total":0}'


@pytest.mark.parametrize(
    "content",
    [
        b"\n".join(PAGES),
        b"\n".join([EMPTY_PAGE, *PAGES]),
        b"\n".join([PAGES[0], EMPTY_PAGE, PAGES[1], EMPTY_PAGE]),
        b"\n".join([json.dumps(_item("a")).encode(), EMPTY_PAGE, PAGES[1]]),
        b"[" + b",".join(PAGES) + b"]",
        b"".join(PAGES),
        b",\n".join(json.dumps(json.loads(page), indent=4).encode() for page in PAGES),
    ],
)
@pytest.mark.parametrize("name", ["proton", "auto"])
def test_it_reads_pages_as_tools_write_them(name, content):
    assert [draft.item_id for draft in drafts(name, content)] == ["a", "b"]


@pytest.mark.parametrize("name", ["proton", "auto"])
def test_it_finds_no_rows_in_empty_pages(name):
    assert parse(name, EMPTY_PAGE * 2) == []


@pytest.mark.parametrize(
    ("rows", "places"),
    [
        ([b'{"occurred_at":', ROWS[0], b'{"event":"x",', ROWS[1]], ["line 1", "line 3"]),
        ([ROWS[0], b'{"event":"x","data":{"a":[', b"1", ROWS[1]], ["line 2"]),
        ([b"{", ROWS[0], b"{", b'"event": "x",', ROWS[1]], ["line 1", "line 3"]),
        ([ROWS[0], b'{"event":"x","client":"not closed}', ROWS[1]], ["line 2"]),
        ([b"[", ROWS[0] + b",", b'{"event":"x","data":{,', ROWS[1], b"]"], ["line 3, item 2"]),
        (
            [b"[", b"  " + ROWS[0] + b",", b'  {"event":"\\",', b"  " + ROWS[1]],
            ["line 3, item 2: ", "line 4: the file is cut off"],
        ),
    ],
)  # fmt: skip
def test_it_loses_one_row_to_what_is_not_closed(rows, places):
    read = parse("native", b"\n".join(rows))
    assert [row.draft.item_id for row in read if isinstance(row, Parsed)] == ["0", "1"]
    said = told(read)
    assert len(said) == len(places)
    assert all(line.startswith(place) for line, place in zip(said, places, strict=True))


@UNHURRIED
@given(
    st.lists(anything, min_size=1, max_size=4), st.integers(1, 200), st.sampled_from([0, 2, None])
)
def test_it_cuts_alike_wherever_its_pieces_end(values, size, indent):
    rows = [{"value": value} for value in values]
    content = "\n".join(json.dumps(row, indent=indent) for row in rows).encode()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("activity.importers.files.json_elements.HEAD_BYTES", size)
        cut = list(elements(io.BufferedReader(io.BytesIO(content)), pages=["Items"]))
    assert [json.loads(row.content) for row in cut] == rows
