"""POST to a receiver, and nothing else: no redirects, no proxies, no cookies, no decoding.

That is what `http.client` does. It gets connections that were looked at and have a deadline.
"""

import math
from collections.abc import Mapping
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from datetime import UTC
from email.utils import parsedate_to_datetime
from http.client import HTTPConnection, HTTPException, HTTPResponse
from ssl import SSLError

from django.conf import settings
from django.utils import timezone

from activity.delivery.network.connections import DeadlineSocket, connect, connect_tls
from activity.delivery.network.deadlines import Deadline
from activity.delivery.network.endpoints import Endpoint, parse_url
from activity.delivery.network.failures import explained

MAX_ANSWER = 4096
ANSWER_SECONDS = 2.0
LONGEST_WAIT = 24 * 60 * 60.0


@dataclass(frozen=True, slots=True)
class Answer:
    """`body` is the beginning of it; `retry_after` is in seconds."""

    status: int
    body: bytes
    retry_after: float | None

    @property
    def is_success(self) -> bool:
        return 200 <= self.status < 300


class _Connection(HTTPConnection):
    """One that somebody else has opened."""

    def __init__(self, endpoint: Endpoint, opened: DeadlineSocket) -> None:
        super().__init__(endpoint.host, endpoint.port)
        self.endpoint = endpoint
        self.sock = self.opened = opened
        self.auto_open = 0


class HttpClient:
    """Keeps its connection from one `post` to the next, if the receiver does.

    `path` is asked for where the address names none.
    """

    def __init__(self, address: str, *, ca_certificate: str = "", path: str = "/") -> None:
        self.address = address
        self.ca_certificate = ca_certificate
        self.path = path
        self._kept: _Connection | None = None

    def post(self, body: bytes, headers: Mapping[str, str]) -> Answer:
        """The answer, within `settings.DELIVERY_TIMEOUT` seconds. Raises `Unavailable`."""
        deadline = Deadline.after(settings.DELIVERY_TIMEOUT)
        with explained(self.address):
            endpoint = parse_url(self.address)
        if endpoint.target == "/":
            endpoint = replace(endpoint, target=self.path)
        with explained(endpoint.host):
            if self._kept is not None:
                self._kept.opened.deadline = deadline
                with suppress(ConnectionError, SSLError):  # it was closed meanwhile
                    return self._exchange(self._kept, body, headers)
            return self._exchange(self._open(endpoint, deadline), body, headers)

    def close(self) -> None:
        if self._kept is not None:
            self._kept.close()
            self._kept = None

    def _open(self, endpoint: Endpoint, deadline: Deadline) -> _Connection:
        if endpoint.is_tls:
            opened: DeadlineSocket = connect_tls(
                endpoint.host, endpoint.port, deadline, self.ca_certificate
            )
        else:
            opened = connect(endpoint.host, endpoint.port, deadline)
        return _Connection(endpoint, opened)

    def _exchange(self, connection: _Connection, body: bytes, headers: Mapping[str, str]) -> Answer:
        self._kept = None
        is_kept = False
        ours = {"Host": connection.endpoint.authority, "User-Agent": "passaudit"}
        try:
            connection.request("POST", connection.endpoint.target, body, {**ours, **headers})
            with closing(connection.getresponse()) as response:
                connection.opened.deadline = connection.opened.deadline.within(ANSWER_SECONDS)
                beginning = _beginning(response)
                is_kept = response.isclosed() and not response.will_close
        finally:
            if not is_kept:
                connection.close()
        self._kept = connection if is_kept else None
        wait = retry_after(response.getheader("Retry-After", ""))
        return Answer(response.status, beginning, wait)


def _beginning(response: HTTPResponse) -> bytes:
    """The status is what counts; whoever dawdles or breaks off after it said enough."""
    try:
        return response.read(MAX_ANSWER)
    except (OSError, HTTPException):
        return b""


def retry_after(text: str) -> float | None:
    """Seconds from now, at most a day, of a `Retry-After`; None when it is none (RFC 9110,
    section 10.2.3)."""
    text = text.strip()
    if text.isascii() and text.isdigit():
        seconds = float(text[:9])
    else:
        try:
            moment = parsedate_to_datetime(text)
        except (ValueError, OverflowError):
            return None
        aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        seconds = math.ceil((aware - timezone.now()).total_seconds())
    return min(max(seconds, 0.0), LONGEST_WAIT)
