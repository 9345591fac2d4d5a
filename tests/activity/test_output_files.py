"""What becomes of a file that a command writes."""

import os
import stat
import threading
from pathlib import Path

import pytest

from activity.output_files import output_file

BEFORE, AFTER = b"from before", b"from after"


def write(path, content=AFTER):
    with output_file(Path(path)) as file:
        file.write(content)


def mode_of(path):
    return oct(stat.S_IMODE(path.stat().st_mode))


@pytest.fixture
def present(tmp_path):
    path = tmp_path / "log.csv"
    path.write_bytes(BEFORE)
    return path


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o664, 0o444])
def test_it_keeps_the_mode(present, mode):
    present.chmod(mode)
    write(present)
    assert present.read_bytes() == AFTER
    assert mode_of(present) == oct(mode)


@pytest.mark.skipif(os.getuid() != 0, reason="Only root can give files away.")
def test_it_keeps_the_owner(present):
    os.chown(present, 12345, 12346)
    write(present)
    assert (present.stat().st_uid, present.stat().st_gid) == (12345, 12346)


def test_it_obeys_the_umask_for_a_new_file(tmp_path):
    before = os.umask(0o027)
    try:
        write(tmp_path / "new")
    finally:
        os.umask(before)
    assert mode_of(tmp_path / "new") == "0o640"


def test_it_never_shows_the_content_of_a_private_file(present, tmp_path):
    present.chmod(0o600)
    with output_file(present) as file:
        file.write(AFTER)
        (partial,) = set(tmp_path.iterdir()) - {present}
        assert mode_of(partial) == "0o600"
    assert list(tmp_path.iterdir()) == [present]


def test_it_follows_links_and_keeps_them(present, tmp_path):
    link = tmp_path / "link"
    link.symlink_to("log.csv")
    write(link)
    assert link.is_symlink()
    assert present.read_bytes() == AFTER


def test_it_makes_the_file_that_a_link_leads_to(tmp_path):
    link = tmp_path / "link"
    link.symlink_to("missing")
    write(link)
    assert link.is_symlink()
    assert (tmp_path / "missing").read_bytes() == AFTER


def test_it_leaves_a_fifo_in_place(tmp_path):
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    read = []
    reader = threading.Thread(target=lambda: read.append(fifo.read_bytes()))
    reader.start()
    write(fifo)
    reader.join(10)
    assert read == [AFTER]
    assert stat.S_ISFIFO(fifo.stat().st_mode)


def test_it_leaves_a_device_in_place(tmp_path):
    link = tmp_path / "full"
    link.symlink_to("/dev/full")
    with pytest.raises(OSError, match="No space left"):
        write(link)
    assert stat.S_ISCHR(Path("/dev/full").stat().st_mode)
    assert link.is_symlink()
    assert list(tmp_path.iterdir()) == [link]


@pytest.mark.parametrize("error", [KeyboardInterrupt, OSError, ValueError])
def test_it_keeps_the_file_when_anything_goes_wrong(present, tmp_path, error):
    def fail():
        with output_file(present) as file:
            file.write(AFTER)
            raise error

    with pytest.raises(error):
        fail()
    assert present.read_bytes() == BEFORE
    assert list(tmp_path.iterdir()) == [present]
