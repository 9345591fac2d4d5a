"""The progress of an import in a terminal."""

import io
import re
import sys

import pytest

from tests.activity.importers.running import import_events

LINE = '{"id":"%s","occurred_at":"2025-11-22T10:23:13Z","event":"item.read"}\n'


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.usefixtures("acme")
def test_it_tells_how_far_it_is_and_how_fast(tmp_path, monkeypatch):
    path = tmp_path / "events.jsonl"
    path.write_text(LINE % "a" + LINE % "b")
    monkeypatch.setattr(sys, "stderr", terminal := Terminal())
    monkeypatch.setenv("COLUMNS", "120")
    assert import_events(path, "--format", "native").code == 0
    last = terminal.getvalue().strip().split("\r")[-1]
    assert re.search(r"100%.*, 2 rows, [0-9,]+ rows/s\]$", last)
