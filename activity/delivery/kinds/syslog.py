"""Syslog messages (RFC 5424) over TLS (RFC 5425).

Syslog has no answers. But whoever is told that a connection ends has to end it, too, after all that
came before. So every batch has a connection of its own, and arrived when the receiver has ended it.
"""

import json
import re
import socket
import ssl
from collections.abc import Sequence
from contextlib import closing, suppress
from typing import ClassVar

from django.conf import settings

from activity.clock import iso_utc
from activity.delivery.kinds.base import Message
from activity.delivery.models import Destination
from activity.delivery.network.connections import DeadlineTlsSocket, connect_tls
from activity.delivery.network.deadlines import Deadline
from activity.delivery.network.endpoints import parse_host_and_port
from activity.delivery.network.failures import explained
from activity.event_types import Level, event_type
from activity.formats import to_json

FACILITY = 13  # log audit
SEVERITIES = {Level.ROUTINE: 6, Level.CHANGE: 5, Level.SENSITIVE: 4}  # info, notice, warning
NIL = "-"
MAX_MESSAGE_ID = 32
MAX_HOST_NAME = 255
NOT_PRINTABLE = re.compile(r"[^!-~]")
NOT_ASCII = re.compile(r"[^\x00-\x7f]+")
SPECIAL = re.compile(r'(["\\\]])')


class SyslogTransport:
    MAX_BATCH: ClassVar[int] = 500

    def __init__(self, destination: Destination) -> None:
        self.address = destination.address
        self.ca_certificate = destination.ca_certificate
        self.organization = destination.organization.slug

    def send(self, messages: Sequence[Message]) -> None:
        deadline = Deadline.after(settings.DELIVERY_TIMEOUT)
        frames = b"".join(frame(message, self.organization) for message in messages)
        with explained(self.address):
            endpoint = parse_host_and_port(self.address)
        with explained(endpoint.host):
            connection = connect_tls(endpoint.host, endpoint.port, deadline, self.ca_certificate)
            with closing(connection):
                connection.sendall(frames)
                _end(connection)

    def close(self) -> None:
        """Every batch has closed its own connection."""


def _end(connection: DeadlineTlsSocket) -> None:
    """Say that it ends, and wait until the receiver says so. Raises `OSError`.

    Some just close it. That is no worse: the system of one that had not read all would reset it.
    """
    connection.settimeout(connection.deadline.remaining())
    with suppress(ssl.SSLEOFError):
        connection.unwrap()


def frame(message: Message, organization: str) -> bytes:
    """The message and, before it, its length in bytes (octet counting)."""
    text = b" ".join(part.encode("ascii") for part in _parts(message, organization))
    return b"%d %s" % (len(text), text)


def _parts(message: Message, organization: str) -> list[str]:
    """All in ASCII: JSON can say everything in it, and nobody stumbles over a byte order mark."""
    severity = SEVERITIES[event_type(message.event_type).level]
    return [
        f"<{FACILITY * 8 + severity}>1",
        iso_utc(message.occurred_at),
        _name(socket.gethostname(), MAX_HOST_NAME),
        "passaudit",
        NIL,
        _name(message.event_type, MAX_MESSAGE_ID),
        _structured_data(message, organization),
        NOT_ASCII.sub(lambda found: json.dumps(found[0])[1:-1], to_json(message.content)),
    ]


def _name(text: str, longest: int) -> str:
    return NOT_PRINTABLE.sub("_", text)[:longest] or NIL


def _structured_data(message: Message, organization: str) -> str:
    """What receivers filter and count by, under our name (see docs/integrations/README.md)."""
    parameters = {"organization": organization, "seq": message.seq, "id": message.id}
    values = {
        name: SPECIAL.sub(r"\\\1", _name(str(value), len(str(value))))
        for name, value in parameters.items()
    }
    named = " ".join(f'{name}="{value}"' for name, value in values.items())
    return f"[passaudit@{settings.DELIVERY_ENTERPRISE_NUMBER} {named}]"
