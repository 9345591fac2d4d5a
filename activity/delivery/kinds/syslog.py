"""Syslog messages (RFC 5424) over TLS (RFC 5425).

Syslog has no acknowledgements. But a peer that receives a TLS close_notify must answer with its
own, after it has read everything before. So each batch uses its own connection, and counts as
delivered when the receiver has closed it.
"""

import json
import re
import socket
import ssl
from collections.abc import Sequence
from contextlib import closing, suppress
from typing import ClassVar

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from activity.clock import iso_utc
from activity.delivery.forms import DestinationForm
from activity.delivery.kinds import KINDS
from activity.delivery.kinds.base import DestinationKind, Message
from activity.delivery.models import Destination
from activity.delivery.network.connections import (
    Deadline,
    DeadlineTlsSocket,
    connect_tls,
    explain_failures,
)
from activity.delivery.network.endpoints import Endpoint, parse_host_and_port
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


class SyslogForm(DestinationForm):
    address_help = _("Host name and port, such as logs.example.com:6514.")

    def parse(self, address: str) -> Endpoint:
        return parse_host_and_port(address)


class SyslogTransport:
    MAX_BATCH: ClassVar[int] = 500

    def __init__(self, destination: Destination) -> None:
        self.address = destination.address
        self.ca_certificate = destination.ca_certificate
        self.organization = destination.organization.slug

    def send(self, messages: Sequence[Message]) -> None:
        deadline = Deadline.after(settings.DELIVERY_TIMEOUT)
        frames = b"".join(frame(message, self.organization) for message in messages)
        with explain_failures(self.address):
            endpoint = parse_host_and_port(self.address)
        with explain_failures(endpoint.host):
            connection = connect_tls(endpoint.host, endpoint.port, deadline, self.ca_certificate)
            with closing(connection):
                connection.sendall(frames)
                _close_notify(connection)

    def close(self) -> None:
        """Each batch has closed its own connection."""


def _close_notify(connection: DeadlineTlsSocket) -> None:
    """Send close_notify and wait for that of the receiver. Raises `OSError`.

    Some receivers close the connection without it. That is as good: if one had not read
    everything, its operating system would reset the connection.
    """
    connection.settimeout(connection.deadline.remaining())
    with suppress(ssl.SSLEOFError):
        connection.unwrap()


def frame(message: Message, organization: str) -> bytes:
    """The message, preceded by its length in bytes (octet counting)."""
    text = b" ".join(part.encode("ascii") for part in _parts(message, organization))
    return b"%d %s" % (len(text), text)


def _parts(message: Message, organization: str) -> list[str]:
    """The parts in ASCII. JSON escapes other characters, so no byte order mark is needed."""
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


def _name(text: str, max_length: int) -> str:
    return NOT_PRINTABLE.sub("_", text)[:max_length] or NIL


def _structured_data(message: Message, organization: str) -> str:
    """Parameters that receivers can filter by (see docs/integrations/README.md)."""
    parameters = {"organization": organization, "seq": message.seq, "id": message.id}
    values = {
        name: SPECIAL.sub(r"\\\1", _name(str(value), len(str(value))))
        for name, value in parameters.items()
    }
    named = " ".join(f'{name}="{value}"' for name, value in values.items())
    return f"[passaudit@{settings.DELIVERY_ENTERPRISE_NUMBER} {named}]"


KINDS.register(
    DestinationKind(
        code="syslog",
        label=_("Syslog over TLS"),
        description=_(
            "RFC 5424 messages, encrypted. For rsyslog, syslog-ng and the systems behind them."
        ),
        form=SyslogForm,
        transport=SyslogTransport,
    )
)
