"""The worker's loop: due work, errors, a lost database connection, and signals."""

import logging
import signal
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import InterfaceError, OperationalError
from django.utils import timezone

from activity.delivery.kinds.base import Unavailable
from activity.delivery.models import Destination, WorkerBeat
from activity.management.commands import run_worker
from activity.worker import heartbeats
from activity.worker.loop import Worker
from tests.delivery.engine.fakes import fill, make_destination


@pytest.fixture
def tasks(monkeypatch):
    """The tasks of the worker, an empty list at first."""
    monkeypatch.setattr(run_worker, "TASKS", tasks := [])
    return tasks


@pytest.fixture
def naps(monkeypatch):
    """The durations of sleeps, which return at once. A test fails after too many sleeps."""
    naps = []

    def nap(_worker, seconds):
        naps.append(seconds)
        assert len(naps) < 20

    monkeypatch.setattr(Worker, "_sleep", nap)
    return naps


def test_it_does_all_that_is_due_and_ends(siem, receiver, acme):
    fill(acme, 25)
    make_destination(acme, name="Archive", position=20)
    call_command("run_worker", "--once")
    assert sorted(receiver.seqs) == sorted([*range(1, 26), *range(21, 26)])
    assert not WorkerBeat.objects.exists()


def test_it_does_not_wait_for_a_receiver_that_failed(siem, receiver, acme):
    fill(acme, 5)
    receiver.answers = [Unavailable("503")] * 5
    call_command("run_worker", "--once")
    assert len(receiver.attempts) == 1


def test_it_says_when_there_is_no_database(db, tasks):
    def fail(_is_stopping):
        raise OperationalError("no route to host")

    tasks.append(fail)
    with pytest.raises(CommandError, match="no route to host"):
        call_command("run_worker", "--once")


def test_it_works_until_it_is_stopped(db, tasks, naps):
    worker = Worker(tasks)
    done = []

    def work(_is_stopping):
        done.append(len(naps))
        if len(done) == 5:
            worker.stop()
        return len(done) % 2 == 1

    tasks.append(work)
    worker.run()
    assert done == [0, 0, 1, 1, 2]  # it sleeps if no work was due
    assert not WorkerBeat.objects.exists()


@pytest.mark.parametrize("failure", [OperationalError("restart"), InterfaceError("closed")])
def test_it_waits_for_a_database_that_went_away(failure, db, tasks, naps, monkeypatch, caplog):
    worker = Worker(tasks)
    closed, calls = [], []
    monkeypatch.setattr("django.db.connections.close_all", lambda: closed.append(True))

    def work(_is_stopping):
        calls.append(True)
        if len(calls) == 4:
            worker.stop()
            return True
        raise failure

    tasks.append(work)
    worker.run()
    assert naps == [1, 2, 4]
    assert len(closed) == 3
    assert str(failure) in caplog.text


def test_it_goes_on_after_a_mistake_in_one_task(db, tasks, naps, caplog):
    worker = Worker(tasks)

    def fail(_is_stopping):
        raise ZeroDivisionError("oops")

    def work(_is_stopping):
        worker.stop()
        return False

    tasks += [fail, work]
    worker.run()
    assert "oops" in caplog.text


def test_it_shows_that_it_lives_even_in_a_long_task(db, tasks, naps, monkeypatch):
    worker = Worker(tasks)
    clock = [1000.0]
    seen = []
    monkeypatch.setattr(heartbeats, "beat", lambda _name: seen.append(clock[0]))
    monkeypatch.setattr("activity.worker.loop.time.monotonic", lambda: clock[0])

    def work(is_stopping):
        for _ in range(30):
            clock[0] += 1
            assert not is_stopping()
        worker.stop()
        return True

    tasks.append(work)
    worker.run()
    assert seen == [1000, 1010, 1020, 1030]


def test_pages_can_tell_that_no_worker_runs(db):
    assert not heartbeats.is_worker_running()
    heartbeats.beat("one")
    assert heartbeats.is_worker_running()
    WorkerBeat.objects.update(beat_at=timezone.now() - timedelta(minutes=2))
    assert not heartbeats.is_worker_running()


def test_it_forgets_workers_that_died_long_ago(db):
    heartbeats.beat("dead")
    WorkerBeat.objects.update(beat_at=timezone.now() - timedelta(days=2))
    heartbeats.beat("one")
    heartbeats.beat("one")
    assert list(WorkerBeat.objects.values_list("name", flat=True)) == ["one"]


def test_it_puts_the_signals_back(siem):
    before = signal.getsignal(signal.SIGTERM)
    call_command("run_worker", "--once")
    assert signal.getsignal(signal.SIGTERM) is before


def test_it_delivers_among_its_tasks(siem, receiver, acme, caplog):
    caplog.set_level(logging.INFO)
    fill(acme, 1)
    assert any(task(lambda: False) for task in run_worker.TASKS)
    assert Destination.objects.get().position == 1
