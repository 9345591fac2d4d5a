"""CSV that was saved again by a spreadsheet."""

import csv
import io
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from activity.importers.files.rows import Parsed, Unusable
from tests.activity.importers.running import UNHURRIED, drafts, import_events, parse, told

PROTON = ["Time", "User Name", "User Email", "Event", "IP"]
NATIVE = [
    "Time", "User name", "User email", "Event", "Event type", "IP address", "Vault ID", "Item ID",
    "Sequence",
]  # fmt: skip
BITWARDEN = [
    "message", "appIcon", "appName", "userId", "userName", "userEmail", "date", "ip", "type",
    "installationId",
]  # fmt: skip
FILES = {
    "proton": [PROTON, ["2025-11-22T10:23:13Z", "Weiß, Dana", "d@a.example", "Item Read", ""]],
    "native-csv": [NATIVE, ["2025-11-22T10:23:13Z", "Weiß, Dana", "d@a.example", "Item Read",
                            "item.read", "", "v", "i", "1"]],
    "bitwarden": [BITWARDEN, ["Viewed; it", "x", "Web", "u", "Weiß, Dana", "d@a.example",
                              "2025-11-22T10:23:13Z", "", "Cipher_ClientViewed", ""]],
}  # fmt: skip
ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"]
LINE_ENDS = ["\n", "\r\n", "\r"]
QUOTING = [csv.QUOTE_MINIMAL, csv.QUOTE_ALL]


def _csv(rows, separator=",", line_end="\r\n", quoting=csv.QUOTE_MINIMAL) -> str:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=separator, lineterminator=line_end, quoting=quoting).writerows(rows)
    return text.getvalue()


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("separator", ",;\t|")
def test_it_reads_any_separator_encoding_and_line_end(name, separator):
    header, row = FILES[name]
    blank = [""] * len(header)
    rows = [header, blank, row, [], row, header, blank[:3], blank]
    for encoding, line_end, quoting in product(ENCODINGS, LINE_ENDS, QUOTING):
        content = _csv(rows, separator, line_end, quoting).encode(encoding)
        read = drafts("auto", content)
        assert [(one.event_type, one.name) for one in read] == [("item.read", "Weiß, Dana")] * 2
        assert drafts(name, content) == read


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("separator", ",;\t|:^")
def test_it_obeys_the_announced_separator(name, separator):
    content = f"sep={separator}\r\n" + _csv(FILES[name], separator)
    assert len(drafts("auto", b"\xef\xbb\xbf" * 3 + content.encode())) == 1


@pytest.mark.parametrize("name", FILES)
def test_it_finds_columns_by_name_and_passes_over_empty_ones(name):
    rows = [[*reversed(row), "", ""] for row in FILES[name]]
    rows[0] = [f" {cell} " for cell in rows[0]]
    assert drafts("auto", _csv(rows).encode()) == drafts("auto", _csv(FILES[name]).encode())


def test_it_reads_a_native_csv_that_libreoffice_has_saved_again():
    header, row = FILES["native-csv"]
    content = _csv([header, ["2025-11-22 10:23:13", *row[1:-1], "1.0"]])
    [read] = parse("auto", content.encode())
    assert read.seq == 1
    assert read.draft.occurred_at.isoformat() == "2025-11-22T10:23:13+00:00"
    [draft] = drafts("native-csv", content.encode(), zone="Asia/Tokyo")
    assert draft.occurred_at.isoformat() == "2025-11-22T01:23:13+00:00"


def test_it_reads_dates_in_the_order_that_the_file_shows():
    rows = [[f"{time} 10:23", *FILES["proton"][1][1:]] for time in ("03/04/2025", "22/11/2025")]
    read = drafts("auto", _csv([PROTON, *rows]).encode(), zone="UTC")
    assert [draft.occurred_at.month for draft in read] == [4, 11]


def test_it_refuses_a_file_whose_dates_can_be_read_in_two_ways():
    rows = [[f"{time} 10:23", *FILES["proton"][1][1:]] for time in ("03/04/2025", "04/04/2025")]
    with pytest.raises(Unusable, match="Line 2: the date of 03/04/2025 10:23 can be read in two"):
        parse("auto", _csv([PROTON, *rows]).encode(), zone="UTC")


def test_it_rejects_an_ambiguous_date_later_in_the_file():
    times = ["2025-04-04T10:23:13Z", "03/04/2025 10:23"]
    rows = [[time, *FILES["proton"][1][1:]] for time in times]
    read = parse("auto", _csv([PROTON, *rows]).encode(), zone="UTC")
    assert isinstance(read[0], Parsed)
    assert told(read)[0].startswith("line 3: the date of 03/04/2025 10:23 can be read in two ways")


def test_it_rejects_an_id_that_a_spreadsheet_has_rounded():
    header, row = FILES["native-csv"]
    content = _csv([header, [*row[:6], "1,23457E+15", "i", "1"]])
    [said] = told(parse("auto", content.encode()))
    assert said.startswith("line 2: Vault ID: 1,23457E+15 is a number that a spreadsheet has round")


@pytest.mark.parametrize("separator", ",;\t")
def test_it_names_the_line_of_a_quotation_mark_that_is_not_closed(separator):
    header, row = FILES["proton"]
    broken = separator.join([row[0], '"Dana', *row[2:]]) + "\r\n"
    content = _csv([header, row], separator) + broken + _csv([row], separator)
    read = parse("auto", content.encode())
    assert len([one for one in read if isinstance(one, Parsed)]) == 2
    assert told(read) == [
        "line 3: has a quotation mark that is not closed, or is not followed by a comma"
    ]


@pytest.mark.parametrize("separator", ",;")
def test_it_keeps_rejected_rows_for_the_same_importer(acme, tmp_path, separator):
    header, row = FILES["proton"]
    content = f"sep={separator}\r\n" + _csv([header, ["soon", *row[1:]], row], separator)
    file, rejects = tmp_path / "file.csv", tmp_path / "rejects.csv"
    file.write_bytes(content.encode("utf-16"))
    import_events(file, "--rejects", str(rejects))
    assert rejects.read_text().startswith(f"sep={separator}\n")
    rejects.write_bytes(rejects.read_bytes().replace(b"soon", b"2025-11-22T10:23:14Z"))
    assert import_events(rejects).stdout == "accepted=1 duplicates=0 conflicts=0 rejected=0\n"


texts = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20)


@UNHURRIED
@given(st.lists(texts, min_size=1, max_size=5), st.sampled_from(",;\t|"), st.booleans())
def test_it_reads_back_any_names(names, separator, is_utf_16):
    rows = [["2025-11-22T10:23:13Z", name, "d@a.example", "Item Read", ""] for name in names]
    content = _csv([PROTON, *rows], separator).encode("utf-16" if is_utf_16 else "utf-8")
    assert [draft.name for draft in drafts("auto", content)] == names
