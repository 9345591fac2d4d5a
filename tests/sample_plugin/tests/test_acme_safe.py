import socket
from threading import Thread

import pytest

from activity.plugin import EVENT_TYPES, KINDS
from activity.plugin.testing import (
    check_event_types,
    check_format,
    check_importer,
    check_page,
    check_transport,
    destination,
    message,
)

SAMPLE = b"""\
{"when": "2026-11-22T10:23:13Z", "card": "dana@acme.example", "did": "opened", "safe": "S-7"}
{"when": "2026-11-22T10:25:00Z", "card": "eli@acme.example", "did": "badge"}
{"when": "2026-11-22T10:26:00Z", "card": "eli@acme.example", "did": "jammed", "safe": "S-7"}
"""


def test_event_types():
    check_event_types("acme_safe")
    assert EVENT_TYPES["acme_safe.opened"].category.code == "acme_safe"


def test_importer():
    drafts = check_importer("acme-safe", SAMPLE)
    codes = [draft.event_type for draft in drafts]
    assert codes == ["acme_safe.opened", "signin.succeeded", "acme_safe.jammed"]


def test_format():
    check_format("acme-brief")


@pytest.mark.django_db
def test_page():
    page = check_page("acme-busiest", check_importer("acme-safe", SAMPLE), "event=acme_safe")
    assert "dana@acme.example: 1" in page


def test_transport_to_faulty_receivers():
    check_transport("acme-pager", lambda host, port: f"{host}:{port}")


def test_transport_to_a_pager(settings):
    settings.DELIVERY_ALLOW_PRIVATE = True
    received = []

    def serve():
        connection, _address = listener.accept()
        with connection, connection.makefile("rb") as lines:
            for line in lines:
                received.append(line)
                connection.sendall(b"OK\n")

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = Thread(target=serve)
        thread.start()
        port = listener.getsockname()[1]
        KINDS["acme-pager"].transport(destination("acme-pager", f"127.0.0.1:{port}")).send(
            [message(1), message(2)]
        )
        thread.join(5)
    assert [b'"seq":1' in received[0], b'"seq":2' in received[1]] == [True, True]
