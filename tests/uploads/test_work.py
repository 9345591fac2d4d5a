"""The worker imports in turns, under a claim, and stores each event once."""

from contextlib import closing
from datetime import timedelta

import pytest
from django.db import OperationalError, transaction
from django.utils import timezone

from activity.importers import base
from activity.importers.runs.drafting import DraftingProcess
from activity.uploads import claims
from activity.uploads.importing import Import
from activity.uploads.models import ImportJob, Status
from activity.uploads.work import UploadWork
from activity.worker.leases import LeaseLost
from tests import factories
from tests.uploads.uploading import GOOD, count, files, tally

CONTENT = "".join(GOOD % number for number in range(230)) + "broken\n" + GOOD % 7


def never() -> bool:
    return False


@pytest.fixture(autouse=True)
def _small_chunks(monkeypatch):
    monkeypatch.setattr("activity.importers.files.rows.CHUNK_ROWS", 50)


@pytest.fixture
def job(acme) -> ImportJob:
    job = factories.ImportJobFactory(organization=acme, content=CONTENT.encode())
    assert job.start()
    return job


def finish(job: ImportJob) -> ImportJob:
    work = UploadWork(next_cleanup=float("inf"))
    while work(never):
        pass
    assert work.current is None
    job.refresh_from_db()
    return job


def expire(job: ImportJob) -> None:
    past = timezone.now() - timedelta(seconds=1)
    ImportJob.objects.filter(pk=job.pk).update(claimed_until=past)


class Interruption:
    """Stops the work after `chunks` chunks: by raising `how`, or by asking it to stop."""

    def __init__(self, chunks: int, how=None) -> None:
        self.left, self.how = chunks, how

    def __call__(self) -> bool:
        self.left -= 1
        if self.left >= 0:
            return False
        if self.how:
            raise self.how
        return True


@pytest.mark.slow
def test_it_imports_in_turns(job, acme, monkeypatch):
    monkeypatch.setattr("activity.uploads.importing.TURN_SECONDS", -1.0)
    work = UploadWork(next_cleanup=float("inf"))
    assert work(never)
    job.refresh_from_db()
    assert (job.status, count(acme), job.accepted) == (Status.RUNNING, 1, 1)
    while work(never):
        pass
    job.refresh_from_db()
    assert tally(job) == "accepted=230 duplicates=1 conflicts=0 rejected=1\n"


def test_it_flushes_each_turn(job, monkeypatch):
    monkeypatch.setattr("activity.uploads.importing.TURN_SECONDS", -1.0)
    flushed = []
    monkeypatch.setattr("activity.recording.bulk_insert.flush", flushed.append)
    work = UploadWork(next_cleanup=float("inf"))
    work(never)
    assert flushed == ["default"]
    work.stop()


def test_it_releases_the_import_when_it_stops(job, acme):
    work = UploadWork()
    assert work(Interruption(3))
    job.refresh_from_db()
    assert (job.status, job.claim, job.attempts) == (Status.QUEUED, None, 0)
    assert count(acme) == job.accepted == 100
    assert 0 < job.bytes_read <= job.size
    assert tally(finish(job)) == "accepted=230 duplicates=1 conflicts=0 rejected=1\n"
    assert count(acme) == 230
    assert files() == [job.rejects.name]
    with job.rejects.open() as rejects:
        assert rejects.read() == b"broken\n"
    assert job.refusals == [
        ["line 231", "is not valid JSON: Expecting value: line 1 column 1 (char 0)"]
    ]


def test_it_releases_the_import_between_two_turns(job, acme, monkeypatch):
    monkeypatch.setattr("activity.uploads.importing.TURN_SECONDS", -1.0)
    work = UploadWork()
    work(never)
    work.stop()
    job.refresh_from_db()
    assert (job.status, job.accepted, work.current) == (Status.QUEUED, 1, None)
    work.stop()


def test_it_begins_again_after_a_worker_died(job, acme):
    with pytest.raises(KeyboardInterrupt):
        UploadWork()(Interruption(4, KeyboardInterrupt()))
    job.refresh_from_db()
    assert (job.status, job.accepted, count(acme)) == (Status.RUNNING, 150, 150)
    assert claims.take() is None
    expire(job)
    assert tally(finish(job)) == "accepted=230 duplicates=1 conflicts=0 rejected=1\n"
    assert (job.status, job.attempts, count(acme)) == (Status.DONE, 2, 230)


def test_it_keeps_its_claim_while_a_delivery_takes_its_time(job, settings):
    settings.DELIVERY_TIMEOUT = 300
    claim = claims.take()
    for hold in (lambda: None, claim.save):
        hold()
        job.refresh_from_db()
        assert job.claimed_until > timezone.now() + timedelta(seconds=330)


def test_it_raises_database_errors(job, acme):
    work = UploadWork()
    with pytest.raises(OperationalError):
        work(Interruption(2, OperationalError("gone")))
    assert work.current is None
    expire(job)
    assert tally(finish(job)) == "accepted=230 duplicates=1 conflicts=0 rejected=1\n"


def test_it_leaves_no_helper_behind(job, monkeypatch):
    helpers = []
    monkeypatch.setattr(base, "MIN_ROWS_FOR_PROCESS", 60)
    start = DraftingProcess.__enter__
    monkeypatch.setattr(DraftingProcess, "__enter__", lambda one: helpers.append(one) or start(one))
    with pytest.raises(OperationalError) as _kept_with_its_frames:
        UploadWork()(Interruption(2, OperationalError("gone")))
    (helper,) = helpers
    assert helper._process.returncode is not None


def test_it_gives_up_after_some_attempts(job, acme):
    for _ in range(claims.MAX_ATTEMPTS):
        with pytest.raises(KeyboardInterrupt):
            UploadWork()(Interruption(1, KeyboardInterrupt()))
        expire(job)
    assert claims.take() is None
    job.refresh_from_db()
    assert job.status == Status.FAILED
    assert job.error.startswith("The import was interrupted 5 times and was given up.")
    assert job.may_start
    assert job.start()
    assert finish(job).status == Status.DONE


def test_it_reports_an_unexpected_error(job, acme, monkeypatch, caplog):
    def fail(*args):
        raise ZeroDivisionError

    monkeypatch.setattr(Import, "_widen_span", fail)
    finish(job)
    assert (job.status, count(acme)) == (Status.FAILED, 0)
    assert job.error == "An unexpected error occurred. See the log of the worker."
    assert "ZeroDivisionError" in caplog.text
    monkeypatch.undo()
    assert job.start()
    assert finish(job).accepted == 230


def test_it_reports_a_missing_file(job, acme):
    job.file.storage.delete(job.file.name)
    assert "share UPLOADS_DIR" in finish(job).error
    assert job.status == Status.FAILED


def test_it_reports_an_unusable_file(acme):
    job = factories.ImportJobFactory(organization=acme, content=b"a,b\n1,2\n")
    job.start()
    assert finish(job).error == "The file is not JSON. Is it another format?"
    assert (job.status, job.may_start, files()) == (Status.FAILED, False, [])


def test_it_stops_when_the_import_is_cancelled(job, acme):
    def cancelling() -> bool:
        if count(acme) == 100:
            job.cancel()
        return False

    work = UploadWork()
    assert work(cancelling)
    work.stop()
    job.refresh_from_db()
    assert (job.status, job.accepted, work.current) == (Status.CANCELLED, 100, None)
    assert count(acme) == 100
    assert not job.file


def test_it_stops_when_the_import_is_cancelled_between_two_turns(job, acme, monkeypatch):
    monkeypatch.setattr("activity.uploads.importing.TURN_SECONDS", -1.0)
    work = UploadWork()
    work(never)
    assert job.cancel()
    work.stop()
    job.refresh_from_db()
    assert (job.status, count(acme), work.current) == (Status.CANCELLED, 1, None)


def test_it_stores_nothing_under_a_claim_that_is_lost(job, acme):
    first = claims.take()
    assert claims.take() is None
    expire(job)
    second = claims.take()
    assert second.token != first.token
    with pytest.raises(LeaseLost), transaction.atomic():
        first.save(accepted=1)
    with closing(Import(first)) as late:
        assert late.take_turn(never)
    job.refresh_from_db()
    assert (job.status, job.claim, count(acme)) == (Status.RUNNING, second.token, 0)


def test_it_takes_the_one_that_waited_longest(acme):
    jobs = [factories.ImportJobFactory(organization=acme) for _ in range(3)]
    for job in reversed(jobs):
        job.start()
    assert [claims.take().job.pk for _ in jobs] == [job.pk for job in reversed(jobs)]


def test_it_does_nothing_when_nothing_waits(acme):
    factories.ImportJobFactory(organization=acme)
    work = UploadWork()
    assert not work(never)
    assert count(acme) == 0
