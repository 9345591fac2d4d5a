"""The scripts of `.ci/`."""

import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PROGRESS = "........ [ 99%]\n" * 8000


def causes(tmp_path, log):
    (tmp_path / "log").write_text(log)
    finished = subprocess.run(
        [ROOT / ".ci" / "causes", tmp_path / "log"], check=True, capture_output=True, text=True
    )
    return finished.stdout


def test_it_ends_with_the_tests_that_failed(tmp_path):
    log = "E   assert 1 == 2\n" + PROGRESS + (
        "FAILED tests/test_a.py::test_b - assert 1 == 2\n"
        "ERROR tests/test_c.py - OSError: libatomic.so.1\n"
        "==== 1 failed, 3 passed, 1 error in 2.00s ====\n"
    )  # fmt: skip
    assert causes(tmp_path, log).splitlines() == [
        "FAILED tests/test_a.py::test_b - assert 1 == 2",
        "ERROR tests/test_c.py - OSError: libatomic.so.1",
        "==== 1 failed, 3 passed, 1 error in 2.00s ====",
    ]


def test_it_ends_with_what_came_after_the_tests(tmp_path):
    log = PROGRESS + "==== 3 passed in 2.00s ====\nResourceWarning: unclosed database\n"
    lines = causes(tmp_path, log).splitlines()
    assert lines[-1] == "ResourceWarning: unclosed database"
    assert len(lines) == 30
