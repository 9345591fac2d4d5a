"""Connections to where destinations may be, with one deadline for all that happens on them.

The name is resolved once, every address that it has is looked at, and exactly these are connected
to: a name that means something else a moment later changes nothing.
"""

import socket
import ssl
from typing import Any, cast

from activity.delivery.network.addresses import resolve
from activity.delivery.network.deadlines import Deadline


class DeadlineSocket(socket.socket):
    """Every step gets what is left of the time, so that all of them together keep to it.

    The methods are those that `http.client` and we use. They raise `TimeoutError`, too.
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
    """The same over TLS; `ssl.SSLContext.sslsocket_class` makes it."""


def connect(host: str, port: int, deadline: Deadline) -> DeadlineSocket:
    """A plain connection. Raises `ForbiddenAddress`, `OSError`."""
    failure: OSError = OSError("The name has no address.")
    for family, kind, protocol, _name, address in resolve(host, port, deadline):
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
    """A connection to whoever proves to be `host`, to the authorities of `ca_certificate` (PEM)
    alone or, without it, to those of the system.

    Raises `ForbiddenAddress`, `OSError`, of which `ssl.SSLError` is one.
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
