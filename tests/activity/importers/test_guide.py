"""The examples of docs/importing.md work."""

import re

import pytest
from django.conf import settings

from activity.event_types import EVENT_TYPES
from activity.importers import AUTO, IMPORTERS, importer_for
from activity.importers.files.rows import Rejected
from tests.activity.importers.running import parse

GUIDE = (settings.BASE_DIR / "docs/importing.md").read_text(encoding="utf-8")
SECTIONS = {
    name: re.findall(r"^```(?:json|csv)\n(.+?)^```$", text, re.MULTILINE | re.DOTALL)
    for name, text in re.findall(r"^## (\S+)\n(.+?)(?=^## |\Z)", GUIDE, re.MULTILINE | re.DOTALL)
}
EXAMPLES = [(name, file) for name in IMPORTERS.codes() for file in SECTIONS[name]]


@pytest.mark.parametrize(("name", "file"), EXAMPLES)
def test_it_imports_the_example(name, file):
    content = file.encode()
    assert importer_for(AUTO, content) is IMPORTERS[name]
    rows = parse(name, content, zone="Europe/Zurich")
    assert rows
    assert [row.reason for row in rows if isinstance(row, Rejected)] == []


def test_it_shows_every_format():
    assert {name for name, _file in EXAMPLES} == IMPORTERS.codes()


def test_it_maps_to_events_that_exist():
    table = GUIDE.partition("Event types of other vendors")[2].partition("\n## ")[0]
    codes = re.findall(r"`([a-z_]+\.[a-z_]+)`", table)
    assert codes
    assert set(codes) <= EVENT_TYPES.codes()
