"""Cursors from another log, mode or order."""

import base64

from activity.api.read_events import FeedCursor
from tests import factories
from tests.api.conftest import EVENTS, bearer, issue


def test_it_refuses_cursors_from_elsewhere(log, machine):
    other = factories.OrganizationFactory()
    factories.event(other)
    factories.event(other, source_id="2")
    theirs = bearer(issue(other))
    foreign = [
        theirs.get(EVENTS, {"limit": 1}).json()["cursor"],
        theirs.get(EVENTS, {"cursor": ""}).json()["cursor"],
    ]
    for cursor in foreign:
        assert machine.get(EVENTS, {"cursor": cursor}).status_code == 400


def test_it_refuses_a_cursor_in_another_mode_or_order(log, machine):
    history = machine.get(EVENTS, {"limit": 1, "order": "oldest"}).json()["cursor"]
    feed = machine.get(EVENTS, {"limit": 1, "cursor": ""}).json()["cursor"]
    for parameters in [
        {"cursor": feed, "order": "newest"},
        {"cursor": feed, "order": "oldest"},
        {"cursor": history, "order": "newest"},
        {"cursor": history},
    ]:
        response = machine.get(EVENTS, parameters)
        assert (response.status_code, response.json()["code"]) == (400, "bad_parameter")


def test_it_survives_every_cursor(log, machine):
    """Random bytes of the sizes of real cursors, and of other sizes."""
    for size in [1, 16, 17, 18, 25, 26, 27]:
        for kind in [b"f", b"h", b"x"]:
            for fill in [b"\x00", b"\x7f", b"\xff"]:
                packed = kind + fill * (size - 1)
                text = base64.urlsafe_b64encode(packed).decode().rstrip("=")
                assert machine.get(EVENTS, {"cursor": text}).status_code == 400


def test_it_notices_a_log_that_was_set_back(log, machine):
    ahead = FeedCursor(21).encode(log.pk)
    response = machine.get(EVENTS, {"cursor": ahead})
    assert response.status_code == 400
    assert "ahead of the log" in response.json()["detail"]
