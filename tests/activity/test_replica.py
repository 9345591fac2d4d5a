"""Exports, and nothing else, read from the replica, if it has stored the log."""

import copy

import pytest
from django.db import OperationalError, connection, connections
from django.http import QueryDict
from django.urls import reverse

from activity import exports
from activity.exports import Format, replica
from activity.reading.query import LogQuery
from activity.recording import record
from tests.api.conftest import EVENTS, bearer, issue
from tests.factories import draft

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def follower():
    """A second connection to the same database, so a replica that is never behind."""
    connections.settings["replica"] = copy.deepcopy(connection.settings_dict)
    connections["replica"].connect()
    yield connections["replica"]
    connections["replica"].close()
    del connections["replica"], connections.settings["replica"]


@pytest.fixture
def log(acme):
    record(acme, [draft(source_id=str(number)) for number in range(3)])
    return acme


def asked(organization, text=""):
    return LogQuery.for_operator(organization, QueryDict(text))


def exported(query, form):
    """The alias of the database that was read, and the export."""
    return exports._as_of_now(query).db, b"".join(exports.stream(query, form))


@pytest.mark.parametrize("form", Format)
def test_it_exports_from_the_replica(log, form, caplog, request):
    texts = ["", "q=dana", "user=dana@acme.example&event=item"]
    before = [exported(asked(log, text), form) for text in texts]
    assert {alias for alias, _ in before} == {"default"}
    follower, sent = request.getfixturevalue("follower"), []
    with follower.execute_wrapper(lambda e, sql, *rest: sent.append(sql) or e(sql, *rest)):
        after = [exported(asked(log, text), form) for text in texts]
    assert after == [("replica", content) for _, content in before]
    assert all(content.count(b"dana@acme.example") == 3 for _, content in after)
    assert sent
    assert caplog.messages == []


def test_it_reads_the_main_database_when_the_replica_stays_behind(
    log, follower, monkeypatch, caplog
):
    monkeypatch.setattr(replica, "MAX_WAIT", 0.1)
    monkeypatch.setattr(replica, "_holds", lambda _head: False)
    for form in Format:
        alias, content = exported(asked(log), form)
        assert alias == "default"
        assert content.count(b"dana@acme.example") == 3
    assert "The replica is behind. Exporting from the main database." in caplog.messages


def test_it_knows_that_the_replica_is_behind(log, follower):
    head = asked(log).head
    assert replica._holds(head)
    head.size += 1
    assert not replica._holds(head)


def test_it_waits_for_a_replica_that_comes(log, follower, monkeypatch):
    answers = iter([False, False, True])
    monkeypatch.setattr(replica, "_holds", lambda _head: next(answers))
    assert replica.reader(asked(log).head) == "replica"


def test_it_reads_the_main_database_when_the_replica_is_gone(log, follower, caplog):
    def refuse(*_):
        raise OperationalError("connection refused")

    with follower.execute_wrapper(refuse):
        alias = exports._as_of_now(asked(log)).db
    assert alias == "default"
    assert follower.connection is None
    (warning,) = caplog.messages
    assert warning.startswith("No replica: connection refused")


def test_it_exports_an_empty_log(acme, follower):
    assert exported(asked(acme), Format.JSONL) == ("default", b"")


def test_it_reads_everything_else_from_the_main_database(log, follower, as_alice):
    def refuse(*_):
        raise AssertionError

    machine = bearer(issue(log))
    with follower.execute_wrapper(refuse):
        assert as_alice.get(reverse("admin:activity_event_changelist")).status_code == 200
        assert machine.get(EVENTS).status_code == 200
        assert machine.get(f"{EVENTS}?cursor=").status_code == 200
        record(log, [draft(source_id="new")])
