"""The integration guides agree with the transports."""

import re
import socket
from contextlib import closing
from pathlib import Path

import pytest

from activity.delivery.kinds import KINDS
from activity.delivery.kinds.splunk import EVENT_ERRORS
from activity.delivery.kinds.syslog import frame
from activity.delivery.models import format_choices
from activity.delivery.network.http import CONTENT_ERRORS
from activity.event_types import EVENT_TYPES
from tests.delivery.receivers import WebReceiver
from tests.delivery.transporting import message, transport

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "integrations"


def guide(name):
    return (FOLDER / f"{name}.md").read_text(encoding="utf-8")


def test_it_lists_every_guide():
    listed = set(
        re.findall(r"^\| .+ \| \[(\w+)\.md\]\(\1\.md\) \|$", guide("README"), re.MULTILINE)
    )
    assert listed == {path.stem for path in FOLDER.glob("*.md")} - {"README"}


def test_it_tells_the_size_of_batches():
    assert f"up to {KINDS['webhook'].transport.MAX_BATCH} events" in guide("README")
    assert f"Up to {KINDS['splunk'].transport.MAX_BATCH} events" in guide("splunk")


def test_it_tells_which_answers_are_about_events():
    statuses = ", ".join(str(status.value) for status in sorted(CONTENT_ERRORS))
    assert f"| {statuses} | the batch is split" in guide("README")
    assert f"| codes {', '.join(map(str, EVENT_ERRORS))} and status 413 |" in guide("splunk")


@pytest.mark.usefixtures("local_receivers")
def test_it_shows_what_splunk_gets():
    with (
        WebReceiver() as receiver,
        closing(transport("splunk", receiver.url, format="native")) as way,
    ):
        way.send([message()])
    shown = re.search(r'^(\{"time".+"event":)\{\.\.\.\}\}$', guide("splunk"), re.MULTILINE)[1]
    assert receiver.requests[0].body.decode().startswith(f"{shown}{{")
    for code, _label in format_choices():
        assert f"`passaudit:{code}`" in guide("splunk")


def test_it_shows_what_syslog_gets(monkeypatch):
    monkeypatch.setattr(socket, "gethostname", lambda: "passaudit.example.com")
    shown = re.search(r"^<109>1 .+", guide("README"), re.MULTILINE)[0]
    head = frame(message(41, event_type="item.created"), "acme").decode().partition(" ")[2]
    assert head.partition(" id=")[0] == shown.partition(" id=")[0]


def test_it_filters_by_events_that_exist():
    filters = re.findall(r"`event=([\w.,-]+)`", guide("README"))
    assert filters
    for text in filters:
        assert {code.removeprefix("-") for code in text.split(",")} <= EVENT_TYPES.codes()
