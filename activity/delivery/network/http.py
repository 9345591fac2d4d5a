"""HTTP client for receivers: POST only, without redirects, proxies, cookies or decoding.

It uses `http.client` over connections that were checked and have a deadline.
"""

import math
from collections.abc import Mapping
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from datetime import UTC
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException, HTTPResponse
from ssl import SSLError

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from activity.delivery.kinds.base import Refused, Unavailable
from activity.delivery.network.connections import (
    Deadline,
    DeadlineSocket,
    connect,
    connect_tls,
    explain_failures,
)
from activity.delivery.network.endpoints import Endpoint, parse_url

MAX_BODY_BYTES = 4096
ANSWER_SECONDS = 2.0
MAX_RETRY_AFTER = 24 * 60 * 60.0
MAX_DIGITS = 9
CONTENT_ERRORS = {
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    HTTPStatus.UNPROCESSABLE_ENTITY,
}
PHRASES: dict[int, str] = {status.value: status.phrase for status in HTTPStatus}
ADVICE: Mapping[int, object] = {
    HTTPStatus.UNAUTHORIZED: gettext_lazy("it does not accept our credentials"),
    HTTPStatus.FORBIDDEN: gettext_lazy("it does not accept our credentials"),
    HTTPStatus.NOT_FOUND: gettext_lazy("nothing was found at this address"),
    HTTPStatus.GONE: gettext_lazy("it no longer accepts events; pause or delete this destination"),
}


@dataclass(frozen=True, slots=True)
class Answer:
    """`body` holds its first bytes only; `retry_after` is in seconds."""

    status: int
    body: bytes
    retry_after: float | None

    @property
    def is_success(self) -> bool:
        return 200 <= self.status < 300


class _Connection(HTTPConnection):
    """A connection over a socket that is already open."""

    def __init__(self, endpoint: Endpoint, opened: DeadlineSocket) -> None:
        super().__init__(endpoint.host, endpoint.port)
        self.endpoint = endpoint
        self.sock = self.opened = opened
        self.auto_open = 0


class HttpClient:
    """Keeps its connection alive between requests, if the receiver does.

    `path` is the default if the URL has no path.
    """

    def __init__(self, address: str, *, ca_certificate: str = "", path: str = "/") -> None:
        self.address = address
        self.ca_certificate = ca_certificate
        self.path = path
        self._kept: _Connection | None = None

    def post(self, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Send a request within `settings.DELIVERY_TIMEOUT` seconds. Raises `Unavailable`."""
        deadline = Deadline.after(settings.DELIVERY_TIMEOUT)
        with explain_failures(self.address):
            endpoint = parse_url(self.address)
        if endpoint.target == "/":
            endpoint = replace(endpoint, target=self.path)
        with explain_failures(endpoint.host):
            if self._kept is not None:
                self._kept.opened.deadline = deadline
                with suppress(ConnectionError, SSLError):  # the receiver closed it: open another
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
    """The first bytes of the body; empty if it is slow or breaks off. The status decides."""
    try:
        return response.read(MAX_BODY_BYTES)
    except (OSError, HTTPException):
        return b""


def retry_after(text: str) -> float | None:
    """The seconds of a `Retry-After` header, at most a day; None if invalid (RFC 9110, 10.2.3)."""
    text = text.strip()
    if text.isascii() and text.isdigit():
        seconds = float(text) if len(text) <= MAX_DIGITS else MAX_RETRY_AFTER
    else:
        try:
            moment = parsedate_to_datetime(text)
        except (ValueError, OverflowError):
            return None
        aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        seconds = math.ceil((aware - timezone.now()).total_seconds())
    return min(max(seconds, 0.0), MAX_RETRY_AFTER)


def raise_for_status(answer: Answer) -> None:
    """Raises `Refused` or `Unavailable` unless the receiver accepted the batch.

    The reason never quotes the answer, which may contain confidential text.
    """
    if answer.is_success:
        return
    facts = {"status": answer.status, "advice": _advice(answer.status)}
    reason = _("The receiver answers with status %(status)d: %(advice)s.") % facts
    if answer.status in CONTENT_ERRORS:
        raise Refused(reason)
    raise Unavailable(reason, retry_after=answer.retry_after)


def _advice(status: int) -> str:
    if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
        return _("it redirects, which is not followed; enter the new address")
    return str(ADVICE.get(status) or PHRASES.get(status) or _("unknown status"))
