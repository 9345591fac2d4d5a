"""Parsing of the addresses of receivers, as administrators enter them.

All functions raise `django.core.exceptions.ValidationError`.
"""

import re
import socket
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from activity.delivery.network.addresses import ForbiddenAddress, resolve
from activity.numbers import whole_number

INVALID_CHARACTER = re.compile(r"[^!-~]|\\")
HOST_AND_PORT = re.compile(r"(?P<host>[^\[\]:/@?#]+|\[[^\]]+\])(:(?P<port>[^:]+))?")
SYSLOG_TLS_PORT = 6514  # RFC 5425, section 4.1
LOOK_UP_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A host, and for HTTP the request target. `authority` is for the Host header."""

    host: str
    port: int
    is_tls: bool = True
    authority: str = ""
    target: str = ""


def parse_url(text: str) -> Endpoint:
    """Parse an `https` URL. `http` is allowed only if private addresses are."""
    _require_characters(text)
    try:
        url = urlsplit(text)
        port = url.port
    except ValueError:
        raise ValidationError(
            _("This is not a valid URL. Example: https://example.com/in.")
        ) from None
    schemes = {"https": 443, "http": 80} if settings.DELIVERY_ALLOW_PRIVATE else {"https": 443}
    if url.scheme not in schemes or not url.hostname or port == 0:
        message = _("Enter a URL that starts with https://, such as https://example.com/in.")
        raise ValidationError(message)
    if "@" in url.netloc or url.fragment:
        raise ValidationError(_("Remove the user name, the password and the part after “#”."))
    return Endpoint(
        url.hostname,
        port or schemes[url.scheme],
        url.scheme == "https",
        url.netloc.removesuffix(f":{schemes[url.scheme]}"),
        _target(url),
    )


def _target(url: SplitResult) -> str:
    return (url.path or "/") + (f"?{url.query}" if url.query else "")


def parse_host_and_port(text: str) -> Endpoint:
    """Parse `logs.example.com:6514`; the port is optional."""
    _require_characters(text)
    match = HOST_AND_PORT.fullmatch(text)
    if match is None:
        raise _no_host_and_port()
    try:
        port = whole_number(match["port"], 1, 65535) if match["port"] else SYSLOG_TLS_PORT
    except ValueError:
        raise _no_host_and_port() from None
    return Endpoint(match["host"].strip("[]"), port)


def _no_host_and_port() -> ValidationError:
    return ValidationError(_("Enter a name and a port, such as logs.example.com:6514."))


def _require_characters(text: str) -> None:
    if INVALID_CHARACTER.search(text):
        message = _("Use only ASCII letters, digits and punctuation, without spaces.")
        raise ValidationError(message)


def require_public(endpoint: Endpoint) -> None:
    """Check the host when it is entered, since each delivery would refuse it."""
    try:
        resolve(endpoint.host, endpoint.port, LOOK_UP_SECONDS)
    except ForbiddenAddress as error:
        raise ValidationError(str(error)) from None
    except TimeoutError:
        message = _("Looking up %(host)s takes too long. Try again later.")
        raise ValidationError(message, params={"host": endpoint.host}) from None
    except socket.gaierror:
        message = _("There is no host %(host)s. Check the name.")
        raise ValidationError(message, params={"host": endpoint.host}) from None
