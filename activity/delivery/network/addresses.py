"""Which addresses of the network destinations may have.

Whoever names a destination makes this server connect to it. So it must be one that anybody on the
internet could reach: nothing of the networks that the server itself stands in, and no service that
a cloud gives its machines. `DELIVERY_ALLOW_PRIVATE` lifts this, for operators who trust their
administrators or have one network.
"""

import ipaddress
import socket
from queue import Empty, SimpleQueue
from threading import Thread

from django.conf import settings
from django.utils.translation import gettext as _

from activity.delivery.network.deadlines import Deadline

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")
# Beyond what `is_global` says, which has changed from one Python to the next.
NEVER = [
    ipaddress.ip_network(text)
    for text in [
        "100.64.0.0/10",  # shared by customers of a provider, RFC 6598
        "168.63.129.16/32",  # what Azure answers its machines from
        "192.0.0.0/24",  # IETF protocol assignments, and Oracle's services for its machines
        "192.88.99.0/24",  # relays of 6to4
        "2001::/23",  # IETF protocol assignments, among them Teredo
        "2001:db8::/32",  # documentation
        "3fff::/20",  # documentation
    ]
]


class ForbiddenAddress(Exception):  # noqa: N818 - a rule, not a failure
    """The name leads to where destinations may not be."""


def is_public(address: Address) -> bool:
    """Whether the whole internet could reach it. What carries an IPv4 address (mapped, NAT64,
    6to4) is judged by that one."""
    if isinstance(address, ipaddress.IPv6Address):
        carried = address.ipv4_mapped or address.sixtofour
        if address in NAT64:
            carried = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if carried:
            return is_public(carried)
        if address not in GLOBAL_UNICAST:
            return False
    if any(address.version == network.version and address in network for network in NEVER):
        return False
    return address.is_global and not address.is_multicast and not address.is_reserved


def resolve(host: str, port: int, deadline: Deadline) -> list[tuple]:
    """What `socket.connect` takes, in the resolver's order; as `socket.getaddrinfo`.

    One that is not public forbids them all, without telling which. Raises `ForbiddenAddress`,
    `OSError`.
    """
    found = _look_up(host, port, deadline)
    if not settings.DELIVERY_ALLOW_PRIVATE:
        for *_rest, (text, *_more) in found:
            if not is_public(ipaddress.ip_address(text)):
                message = _(
                    "%(host)s is not on the internet. Choose an address that everybody can reach."
                )
                raise ForbiddenAddress(message % {"host": host})
    return found


def _look_up(host: str, port: int, deadline: Deadline) -> list[tuple]:
    """Asks the system, in a thread that is left behind when the time is up."""
    answers: SimpleQueue[list[tuple] | Exception] = SimpleQueue()

    def ask() -> None:
        try:
            answers.put(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except (OSError, UnicodeError) as error:
            answers.put(error)

    Thread(target=ask, daemon=True).start()
    try:
        answer = answers.get(timeout=deadline.remaining())
    except Empty:
        raise TimeoutError from None
    if isinstance(answer, UnicodeError):
        raise socket.gaierror(socket.EAI_NONAME, _("no such name")) from answer
    if isinstance(answer, Exception):
        raise answer
    return answer
