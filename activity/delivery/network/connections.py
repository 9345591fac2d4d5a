"""Connections to receivers, with one deadline for all steps, and reasons for failures.

A host name is resolved once, all its addresses are checked, and only those are connected to. So a
name that changes its addresses in the meantime (DNS rebinding) does not bypass the check.
"""

import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPException
from typing import Any, Self, cast

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from activity.delivery.kinds.base import Unavailable
from activity.delivery.network.addresses import ForbiddenAddress, resolve


@dataclass(frozen=True, slots=True)
class Deadline:
    """A time limit for several steps together. `at` is an instant of `time.monotonic`.

    The timeout of a socket limits each step only: a server that sends one byte now and then would
    never exceed it.
    """

    at: float

    @classmethod
    def after(cls, seconds: float) -> Self:
        return cls(time.monotonic() + seconds)

    def within(self, seconds: float) -> Self:
        """The earlier one of this deadline and `seconds` from now."""
        return type(self)(min(self.at, time.monotonic() + seconds))

    def remaining(self) -> float:
        """Seconds, more than 0. Raises `TimeoutError`."""
        seconds = self.at - time.monotonic()
        if seconds <= 0:
            raise TimeoutError
        return seconds


class DeadlineSocket(socket.socket):
    """A socket whose steps each use the rest of one deadline as their timeout.

    Covers the methods that `http.client` and the transports use. They also raise `TimeoutError`.
    """

    deadline: Deadline

    def recv(self, *args: Any) -> bytes:
        self.settimeout(self.deadline.remaining())
        return super().recv(*args)

    def recv_into(self, *args: Any) -> int:
        self.settimeout(self.deadline.remaining())
        return super().recv_into(*args)

    def send(self, *args: Any) -> int:
        self.settimeout(self.deadline.remaining())
        return super().send(*args)

    def sendall(self, *args: Any) -> None:
        self.settimeout(self.deadline.remaining())
        super().sendall(*args)


class DeadlineTlsSocket(DeadlineSocket, ssl.SSLSocket):
    """The same over TLS. `ssl.SSLContext.sslsocket_class` creates it."""


def connect(host: str, port: int, deadline: Deadline) -> DeadlineSocket:
    """Open an unencrypted connection. Raises `ForbiddenAddress`, `OSError`."""
    failure: OSError = OSError("The name has no address.")
    for family, kind, protocol, _name, address in resolve(host, port, deadline.remaining()):
        connection = DeadlineSocket(family, kind, protocol)
        connection.deadline = deadline
        try:
            connection.settimeout(deadline.remaining())
            connection.connect(address)
        except OSError as error:
            connection.close()
            failure = error
        else:
            return connection
    raise failure


def connect_tls(
    host: str, port: int, deadline: Deadline, ca_certificate: str = ""
) -> DeadlineTlsSocket:
    """Open a TLS connection and verify the certificate for `host`.

    Trusts the authorities in `ca_certificate` (PEM), or without it those of the system. Raises
    `ForbiddenAddress`, `OSError` (including `ssl.SSLError`).
    """
    context = ssl.create_default_context(cadata=ca_certificate or None)
    context.sslsocket_class = DeadlineTlsSocket
    plain = connect(host, port, deadline)
    try:
        wrapped = context.wrap_socket(plain, server_hostname=host, do_handshake_on_connect=False)
    except (OSError, ValueError):
        plain.close()
        raise
    connection = cast("DeadlineTlsSocket", wrapped)
    connection.deadline = deadline
    try:
        connection.settimeout(deadline.remaining())
        connection.do_handshake()
    except OSError:
        connection.close()
        raise
    return connection


@contextmanager
def explain_failures(host: str) -> Iterator[None]:
    """Raise failures of a connection to `host` as `Unavailable`, with a reason for users."""
    try:
        yield
    except (ForbiddenAddress, ValidationError, OSError, HTTPException) as error:
        raise Unavailable(_reason(error, host)) from error


def _reason(error: Exception, host: str) -> str:
    facts = {"host": host, "error": str(getattr(error, "strerror", None) or error)}
    match error:
        case ForbiddenAddress():
            return str(error)
        case ValidationError():
            return " ".join(error.messages)
        case TimeoutError():
            return _("%(host)s takes too long to answer.") % facts
        case socket.gaierror():
            return _("The host name %(host)s does not exist.") % facts
        case ssl.SSLCertVerificationError():
            facts["error"] = error.verify_message.rstrip(".")
            return _("The certificate of %(host)s is not trusted: %(error)s.") % facts
        case ssl.SSLError():
            return _("TLS with %(host)s failed: %(error)s.") % facts
        case HTTPException():
            return _("%(host)s does not answer with valid HTTP.") % facts
    return _("%(host)s cannot be reached: %(error)s.") % facts
