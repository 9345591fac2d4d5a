"""Parse IP addresses and networks, without a database."""

import ipaddress
import re
import socket
from functools import lru_cache

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

# Such as 203.0.113.7:443, [2001:db8::1]:443 and [2001:db8::1].
WITH_PORT = re.compile(r"(?:(?P<ipv4>[0-9.]+)|\[(?P<ipv6>[^\[\]]+)\](?=:|$))(?P<port>:[0-9]{1,5})?")
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def canonical_ip(value: str) -> str:
    """The canonical text of an address. An IPv4-mapped IPv6 address becomes its IPv4 address.

    Raises `ValueError`, or `TypeError` if `value` is not text. Both have a readable message.
    """
    if not isinstance(value, str):
        raise TypeError(f"must be text, not {type(value).__name__}")
    return _canonical_ip(value)


def bare_ip(text: str) -> str:
    """The canonical text of the address in `text`, which may have blanks, brackets and a port.

    Raises `ValueError`.
    """
    match = WITH_PORT.fullmatch(text.strip())
    return canonical_ip((match["ipv4"] or match["ipv6"]) if match else text.strip())


def has_port(text: str) -> bool:
    """Whether the address in `text` has a port."""
    match = WITH_PORT.fullmatch(text.strip())
    return bool(match and match["port"])


@lru_cache(maxsize=10_000)
def _canonical_ip(value: str) -> str:
    if _is_ipv4(value):
        return value
    try:
        address = ipaddress.ip_address(value)
    except ValueError:
        raise ValueError(f"{value!r:.60} is not an IPv4 or IPv6 address") from None
    if isinstance(address, ipaddress.IPv6Address):
        if address.scope_id:
            raise ValueError(f"{value!r:.60} has a scope, which no other machine knows")
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
    return str(address)


def _is_ipv4(value: str) -> bool:
    """Whether `value` is an IPv4 address in dotted-decimal form."""
    try:
        socket.inet_pton(socket.AF_INET, value)
    except (OSError, ValueError):
        return False
    return True


def parse_network(text: str) -> Network:
    """Parse an address or CIDR range. An IPv4-mapped IPv6 range becomes its IPv4 range.

    Raises `ValidationError`.
    """
    try:
        network = ipaddress.ip_network(text, strict=False)
    except ValueError:
        message = _(
            "“%(value)s” is no IP address or range. "
            "Examples: 203.0.113.7, 203.0.113.0/24, 2001:db8::/32."
        )
        raise ValidationError(message, params={"value": text}) from None
    if isinstance(network, ipaddress.IPv6Network):
        if "%" in text:
            raise ValidationError(_("Remove the scope, the part of the address after “%”."))
        mapped = network.network_address.ipv4_mapped
        if mapped and network.prefixlen >= 96:
            return ipaddress.IPv4Network((mapped, network.prefixlen - 96))
    return network
