"""Recognition of file formats."""

import pytest

from activity.importers import IMPORTERS, importer_for
from activity.importers.files.rows import Unusable
from tests.activity.importers.fixtures.make import FIXTURES as MADE
from tests.activity.importers.running import FIXTURES, import_events

HEAD = 64 * 1024
FILES = sorted(MADE.keys() - {"bitwarden_members.json"})


def _format(file: str) -> str:
    if file.startswith("native"):
        return "native-csv" if file.endswith(".csv") else "native"
    return file.removesuffix(".json").removesuffix(".csv").partition("_")[0]


@pytest.mark.parametrize("file", FILES)
def test_it_knows_the_format_of_a_file(file):
    head = (FIXTURES / file).read_bytes().removeprefix(b"\xef\xbb\xbf")[:HEAD]
    assert importer_for("auto", head) is IMPORTERS[_format(file)]


@pytest.mark.parametrize("file", FILES)
def test_it_refuses_a_file_of_another_format(file):
    head = (FIXTURES / file).read_bytes().removeprefix(b"\xef\xbb\xbf")[:HEAD]
    for name in IMPORTERS.codes() - {_format(file)}:
        with pytest.raises(Unusable, match=f": choose the format {_format(file)}."):
            importer_for(name, head)


def test_it_imports_without_being_told_the_format(acme):
    outcome = import_events(FIXTURES / "bitwarden.csv")
    assert outcome == (0, "accepted=237 duplicates=0 conflicts=0 rejected=0\n", "")


@pytest.mark.parametrize("content", ["a,b\n1,2\n", '{"a": 1}\n', "[1]", "hello"])
def test_it_asks_for_the_format_of_a_file_that_it_does_not_know(acme, tmp_path, content):
    path = tmp_path / "unknown"
    path.write_text(content)
    outcome = import_events(path)
    names = ", ".join(IMPORTERS.codes())
    assert outcome == (
        2,
        "",
        f"Which format is this? Choose one of: {names}.\n",
    )
