"""Protection against SSRF: destinations must have public addresses.

An administrator who adds a destination makes this server connect to it. So private networks and
the metadata services of clouds are refused. `DELIVERY_ALLOW_PRIVATE` turns this off.
"""

import ipaddress
import socket
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
AddressInfo = tuple[Any, ...]

NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")
# In addition to `is_global`, which differs between versions of Python.
FORBIDDEN = [
    ipaddress.ip_network(text)
    for text in [
        "100.64.0.0/10",  # carrier-grade NAT, RFC 6598
        "168.63.129.16/32",  # services for virtual machines on Azure
        "192.0.0.0/24",  # IETF protocol assignments; services on Oracle Cloud
        "192.88.99.0/24",  # 6to4 relays
        "2001::/23",  # IETF protocol assignments, including Teredo
        "2001:db8::/32",  # documentation
        "3fff::/20",  # documentation
    ]
]


class ForbiddenAddress(Exception):  # noqa: N818 - a rule, not a failure
    """The host has an address that is not public."""


def is_public(address: Address) -> bool:
    """Whether `address` is reachable from the internet.

    An address that embeds an IPv4 address (mapped, NAT64, 6to4) is checked by that one.
    """
    if isinstance(address, ipaddress.IPv6Address):
        embedded = address.ipv4_mapped or address.sixtofour
        if address in NAT64:
            embedded = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if embedded:
            return is_public(embedded)
        if address not in GLOBAL_UNICAST:
            return False
    if any(address.version == network.version and address in network for network in FORBIDDEN):
        return False
    return address.is_global and not address.is_multicast and not address.is_reserved


def resolve(host: str, port: int, timeout: float) -> list[AddressInfo]:
    """The addresses of `host`, as `socket.getaddrinfo` returns them, within `timeout` seconds.

    If any of them is not public, refuse the host. The error does not reveal the address.
    Raises `ForbiddenAddress`, `OSError`.
    """
    found = _look_up(host, port, timeout)
    if not settings.DELIVERY_ALLOW_PRIVATE:
        for *_rest, (text, *_more) in found:
            if not is_public(ipaddress.ip_address(text)):
                message = _("%(host)s is not on the internet. Choose a public address.")
                raise ForbiddenAddress(message % {"host": host})
    return found


def _look_up(host: str, port: int, timeout: float) -> list[AddressInfo]:
    """Calls the system's resolver in a thread, which is abandoned after `timeout`."""
    answers: SimpleQueue[list[AddressInfo] | Exception] = SimpleQueue()

    def ask() -> None:
        try:
            answers.put(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except (OSError, UnicodeError) as error:
            answers.put(error)

    Thread(target=ask, daemon=True).start()
    try:
        answer = answers.get(timeout=timeout)
    except Empty:
        raise TimeoutError from None
    if isinstance(answer, UnicodeError):
        raise socket.gaierror(socket.EAI_NONAME, _("no such name")) from answer
    if isinstance(answer, Exception):
        raise answer
    return answer
