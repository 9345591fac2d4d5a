"""Destinations that are files of JSON lines."""

import fcntl
import os
import stat

import pytest
from django.utils import timezone

from activity.delivery.kinds.base import Unavailable
from tests.delivery.transporting import message, transport

LINE = '{"event":"item.read","seq":1}\n'


@pytest.fixture
def folder(settings, tmp_path):
    settings.DELIVERY_FILES_DIR = str(tmp_path)
    return tmp_path


@pytest.fixture
def today(folder, monkeypatch):
    """The file of today, where it is still yesterday in UTC."""
    now = timezone.datetime.fromisoformat("2026-11-23T00:30:00+09:00")
    monkeypatch.setattr(timezone, "now", lambda: now)
    return folder / "acme" / "activity-2026-11-22.ndjson"


def append(*messages, name="activity"):
    transport("file", name, secret="", ca_certificate="").send(messages)


def test_it_appends_lines_to_the_file_of_the_day(today):
    append(message(1), message(2, content={"name": "Ünal 🗝"}))
    append(message(1))
    assert today.read_text() == f'{LINE}{{"name":"Ünal 🗝"}}\n{LINE}'
    assert stat.S_IMODE(today.stat().st_mode) & 0o027 == 0


@pytest.mark.parametrize("rest", ['{"event":"it', "x" * 200_000])
@pytest.mark.parametrize("before", ["", LINE, LINE * 5000])
def test_it_cuts_away_what_was_broken_off(today, before, rest):
    today.parent.mkdir()
    today.write_text(before + rest)
    append(message(1))
    assert today.read_text() == before + LINE


def test_it_counts_only_what_is_on_the_disk(today, monkeypatch):
    synced = []
    monkeypatch.setattr(os, "fsync", lambda descriptor: synced.append(os.fstat(descriptor)))
    append(message(1))
    file, folder = synced
    assert (file.st_size, stat.S_ISREG(file.st_mode)) == (len(LINE), True)
    assert stat.S_ISDIR(folder.st_mode)


def test_it_says_when_the_disk_is_full(today, monkeypatch):
    def full(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(Unavailable, match="No space left on device"):
        append(message(1))


@pytest.mark.parametrize(
    "name", ["", ".", "..", "../cedar/x", "/etc/passwd", "a/b", "a\0b", "a\nb", "ü"]
)
def test_it_stays_in_its_folder(folder, name):
    with pytest.raises(Unavailable, match="not a valid file name"):
        append(message(1), name=name)
    assert list(folder.rglob("*.ndjson")) == []


def test_it_follows_no_link_out_of_its_folder(today, tmp_path_factory):
    outside = tmp_path_factory.mktemp("outside")
    today.parent.mkdir()
    today.symlink_to(outside / "stolen")
    with pytest.raises(Unavailable):
        append(message(1))
    today.unlink()
    today.parent.rmdir()
    today.parent.symlink_to(outside)
    with pytest.raises(Unavailable, match="is a link to another folder"):
        append(message(1))
    assert list(outside.iterdir()) == []


def test_it_writes_nothing_where_no_folder_is_set(settings):
    settings.DELIVERY_FILES_DIR = ""
    with pytest.raises(Unavailable, match="DELIVERY_FILES_DIR"):
        append(message(1))


def test_it_does_not_wait_long_for_a_file_that_is_locked(today, settings):
    append(message(1))
    settings.DELIVERY_TIMEOUT = 0.2
    with today.open("rb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(Unavailable, match="another program has locked it"):
            append(message(2))
    append(message(1))
    assert today.read_text() == LINE * 2
