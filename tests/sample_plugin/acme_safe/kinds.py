"""A pager that takes one line of JSON per event over TCP, and answers each with OK."""

from collections.abc import Sequence
from typing import ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError

from activity.plugin import (
    KINDS,
    Deadline,
    Destination,
    DestinationForm,
    DestinationKind,
    Message,
    Unavailable,
    connect,
    explain_failures,
    to_json,
)


def host_and_port(address: str) -> tuple[str, int]:
    host, _colon, port = address.rpartition(":")
    if not host or not (port.isascii() and port.isdigit() and 0 < int(port) < 65536):
        raise ValidationError("Enter a host and a port, such as pager.example:4000.")
    return host, int(port)


class PagerForm(DestinationForm):
    address_help = "Host and port, such as pager.example:4000."
    folded: ClassVar[list[str]] = []

    def check_address(self, address: str) -> None:
        host_and_port(address)


class PagerTransport:
    MAX_BATCH: ClassVar[int] = 10

    def __init__(self, destination: Destination) -> None:
        self.host, self.port = host_and_port(destination.address)

    def send(self, messages: Sequence[Message]) -> None:
        deadline = Deadline.after(settings.DELIVERY_TIMEOUT)
        with explain_failures(self.host), connect(self.host, self.port, deadline) as pager:
            for number, message in enumerate(messages):
                pager.sendall(to_json(message.content).encode() + b"\n")
                if pager.recv(3) != b"OK\n":
                    raise Unavailable("The pager did not answer OK.", accepted=number)

    def close(self) -> None:
        """Each batch has a connection of its own."""


KINDS.register(
    DestinationKind(
        code="acme-pager",
        label="Acme Pager",
        description="A pager that beeps on every event.",
        form=PagerForm,
        transport=PagerTransport,
    )
)
