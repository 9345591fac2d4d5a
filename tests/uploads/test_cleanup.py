"""Unneeded files are deleted."""

import os
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage
from django.utils import timezone

from activity.uploads.cleanup import clean_up
from activity.uploads.models import FILES, ImportJob, Status, random_name, uploads_storage
from activity.uploads.work import UploadWork
from tests.factories import ImportJobFactory
from tests.uploads.uploading import files

pytestmark = pytest.mark.django_db


def ago(**time):
    return timezone.now() - timedelta(**time)


def test_it_cancels_unconfirmed_imports():
    unconfirmed = ImportJobFactory(created_at=ago(hours=25))
    fresh = ImportJobFactory(created_at=ago(hours=23))
    queued = ImportJobFactory(created_at=ago(days=9), status=Status.QUEUED)
    assert clean_up()
    unconfirmed.refresh_from_db()
    assert unconfirmed.status == Status.CANCELLED
    assert files() == sorted([fresh.file.name, queued.file.name])
    assert not clean_up()


@pytest.mark.parametrize("status", [Status.DONE, Status.FAILED])
def test_it_keeps_rejects_for_a_month(status):
    def ended(**time):
        rejects = ContentFile(b"broken", name="rejects")
        return ImportJobFactory(status=status, finished_at=ago(**time), rejects=rejects)

    old, recent = ended(days=31), ended(days=29)
    assert clean_up()
    old.refresh_from_db()
    assert not any(getattr(old, name) for name in FILES)
    assert files() == sorted([recent.file.name, recent.rejects.name])
    assert ImportJob.objects.count() == 2


def test_it_deletes_files_of_no_import():
    kept = ImportJobFactory()
    storage = uploads_storage()
    stray, young, foreign = (
        storage.save(name, ContentFile(b"x"))
        for name in (random_name(kept, "stray"), random_name(kept, "young"), "not-ours.txt")
    )
    yesterday = ago(hours=25).timestamp()
    for name in (stray, foreign, kept.file.name):
        os.utime(storage.path(name), (yesterday, yesterday))
    assert clean_up()
    assert files() == sorted([kept.file.name, young, foreign])


def test_it_accepts_a_missing_folder(tmp_path, monkeypatch):
    missing = FileSystemStorage(tmp_path / "missing")
    monkeypatch.setattr("activity.uploads.cleanup.uploads_storage", lambda: missing)
    assert not clean_up()


def test_it_cleans_up_at_intervals():
    ImportJobFactory(created_at=ago(hours=25))
    work = UploadWork()
    assert work(lambda: False)
    ImportJobFactory(created_at=ago(hours=25))
    assert not work(lambda: False)
