"""Real receivers on this machine: web and syslog servers with TLS, each in a thread."""

import json
import socket
import ssl
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, Self

import trustme

HOST = "receiver.example"


@cache
def authority() -> trustme.CA:
    """The authority that signs the certificates of all receivers. The system does not trust it."""
    return trustme.CA()


def authority_pem() -> str:
    return authority().cert_pem.bytes().decode()


def server_context(name: str = HOST) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority().issue_cert(name).configure_cert(context)
    return context


@dataclass
class Request:
    path: str
    headers: dict[str, str]
    body: bytes
    connection: object

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class WebReceiver:
    """Sends the responses in `answers`, one per request, and then status 200.

    A response is a status, or a status, headers and a body.
    """

    answers: list[Any] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)
    name: str = HOST
    is_tls: bool = True
    keeps: bool = True

    def __enter__(self) -> Self:
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), handler_of(self))
        self.server.daemon_threads = True
        self.server.block_on_close = False
        if self.is_tls:
            context = server_context(self.name)
            self.server.socket = context.wrap_socket(
                self.server.socket, server_side=True, do_handshake_on_connect=False
            )
        self.port = self.server.server_address[1]
        Thread(target=self.server.serve_forever, args=[0.05], daemon=True).start()
        return self

    def __exit__(self, *details: object) -> None:
        self.server.shutdown()
        self.server.server_close()

    @property
    def url(self) -> str:
        return f"http{'s' * self.is_tls}://{HOST}:{self.port}/in"


def handler_of(receiver: WebReceiver) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            receiver.requests.append(Request(self.path, headers, body, self.connection))
            answer = receiver.answers.pop(0) if receiver.answers else 200
            status, headers, body = answer if isinstance(answer, tuple) else (answer, {}, b"")
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)
            self.close_connection = not receiver.keeps

        def do_GET(self) -> None:
            raise AssertionError("Receivers are posted to.")

        def log_message(self, *details: Any) -> None:
            pass

    return Handler


@dataclass
class RawReceiver:
    """Calls `converse` with each connection, after the handshake."""

    converse: Callable[[ssl.SSLSocket], None]
    is_tls: bool = True

    def __enter__(self) -> Self:
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.context = server_context()
        Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(self, *details: object) -> None:
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                accepted, _address = self.listener.accept()
                Thread(target=self._converse, args=[accepted], daemon=True).start()

    def _converse(self, accepted: socket.socket) -> None:
        with accepted, suppress(OSError):
            connection = (
                self.context.wrap_socket(accepted, server_side=True) if self.is_tls else accepted
            )
            with connection:
                self.converse(connection)


@dataclass
class SyslogReceiver(RawReceiver):
    """Parses octet-counted frames, and closes the connection after the sender has closed it."""

    converse: Callable[[ssl.SSLSocket], None] = field(init=False)
    messages: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.converse = self._take

    def _take(self, connection: ssl.SSLSocket) -> None:
        received = b""
        while chunk := connection.recv(4096):
            received += chunk
        while received:
            length, _space, received = received.partition(b" ")
            message, received = received[: int(length)], received[int(length) :]
            assert len(message) == int(length)
            self.messages.append(message.decode())
        connection.unwrap()
