"""Connections to where destinations may be, with one deadline for all that happens on them.

The name is resolved once, every address it has is looked at, and exactly these are connected to: a
name that means something else a moment later changes nothing. Certificates are checked against the
system's authorities, or those of the environment's `SSL_CERT_FILE`.
"""

import socket
import ssl
from typing import Any

from activity.delivery.transports.addresses import resolve
from activity.delivery.transports.deadlines import Deadline


class _Hurried:
    """A socket whose every step gets what is left of the time. Raises `TimeoutError`."""

    deadline: Deadline

    def recv(self, *args: Any) -> bytes:
        self.settimeout(self.deadline.remaining())  # type: ignore[attr-defined]
        return super().recv(*args)  # type: ignore[misc]

    def recv_into(self, *args: Any) -> int:
        self.settimeout(self.deadline.remaining())  # type: ignore[attr-defined]
        return super().recv_into(*args)  # type: ignore[misc]

    def send(self, *args: Any) -> int:
        self.settimeout(self.deadline.remaining())  # type: ignore[attr-defined]
        return super().send(*args)  # type: ignore[misc]

    def sendall(self, *args: Any) -> None:
        self.settimeout(self.deadline.remaining())  # type: ignore[attr-defined]
        super().sendall(*args)  # type: ignore[misc]
