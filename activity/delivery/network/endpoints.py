"""What people enter as the address of a receiver, taken apart.

Every function raises `django.core.exceptions.ValidationError` with a message for people.
"""

import re
import socket
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from activity.delivery.network.addresses import ForbiddenAddress, resolve
from activity.delivery.network.deadlines import Deadline

NOT_IN_ADDRESSES = re.compile(r"[^!-~]|\\")
HOST_AND_PORT = re.compile(r"(?P<host>[^\[\]:/@?#]+|\[[^\]]+\])(:(?P<port>\d{1,5}))?")
SYSLOG_TLS_PORT = 6514  # RFC 5425, section 4.1
LOOK_UP_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A host to connect to, and what is asked for there. `authority` is for the Host header."""

    host: str
    port: int
    is_tls: bool = True
    authority: str = ""
    target: str = ""


def parse_url(text: str) -> Endpoint:
    """An `https` address; plain `http` only where private addresses are allowed, too."""
    _require_characters(text)
    try:
        url = urlsplit(text)
        port = url.port
    except ValueError:
        raise ValidationError(_("This is no address. Example: https://example.com/in.")) from None
    schemes = {"https": 443, "http": 80} if settings.DELIVERY_ALLOW_PRIVATE else {"https": 443}
    if url.scheme not in schemes or not url.hostname or port == 0:
        message = _("Enter an address that begins with https://, such as https://example.com/in.")
        raise ValidationError(message)
    if "@" in url.netloc or url.fragment:
        raise ValidationError(_("Leave out the user name, the password and what follows “#”."))
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
    """Such as `logs.example.com:6514`; the port may be left out."""
    _require_characters(text)
    match = HOST_AND_PORT.fullmatch(text)
    port = int((match and match["port"]) or SYSLOG_TLS_PORT)
    if match is None or not 1 <= port <= 65535:
        raise ValidationError(_("Enter a name and a port, such as logs.example.com:6514."))
    return Endpoint(match["host"].strip("[]"), port)


def _require_characters(text: str) -> None:
    if NOT_IN_ADDRESSES.search(text):
        message = _("Use letters without accents, digits and signs only, without blanks.")
        raise ValidationError(message)


def require_public(endpoint: Endpoint) -> None:
    """Refuse, as early as it is entered, what would be refused at every delivery."""
    try:
        resolve(endpoint.host, endpoint.port, Deadline.after(LOOK_UP_SECONDS))
    except ForbiddenAddress as error:
        raise ValidationError(str(error)) from None
    except TimeoutError:
        message = _("Looking up %(host)s takes too long. Try again later.")
        raise ValidationError(message, params={"host": endpoint.host}) from None
    except socket.gaierror:
        message = _("There is no %(host)s. Check the name.")
        raise ValidationError(message, params={"host": endpoint.host}) from None
