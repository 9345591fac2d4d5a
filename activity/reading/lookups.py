"""Two lookups: `ip__within` tests whether an IP address is in a network, and `any_of` is `in` for
many values.

PostgreSQL answers `ip__within` by index. SQLite stores addresses as canonical text: a text range
over whole octets or groups narrows the search, and the SQL function `ip_within` decides.
"""

import ipaddress
import socket
import struct
from functools import lru_cache
from itertools import takewhile
from typing import Any

from django.db.models import CharField, GenericIPAddressField, Lookup, UUIDField
from django.db.models.lookups import In

from activity.ip import Network


@GenericIPAddressField.register_lookup
class Within(Lookup):
    """`ip__within=network`, with an `ipaddress` network; IPv4-mapped addresses are IPv4."""

    lookup_name = "within"
    prepare_rhs = False

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        column, params = self.process_lhs(compiler, connection)
        return f"{column} <<= %s::inet", [*params, str(self.rhs)]

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        column, params = self.process_lhs(compiler, connection)
        is_within = f"ip_within({column}, %s)"
        prefix = _beginning(self.rhs)
        if not prefix:
            return is_within, (*params, str(self.rhs))
        beyond = prefix[:-1] + chr(ord(prefix[-1]) + 1)
        sql = f"({column} >= %s AND {column} < %s AND {is_within})"
        return sql, (*params, prefix, *params, beyond, *params, str(self.rhs))


@UUIDField.register_lookup
@CharField.register_lookup
class AnyOf(In):
    """`id__any_of=ids`: on PostgreSQL one parameter, which saves parsing a thousand."""

    lookup_name = "any_of"
    prepare_rhs = False

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        column, params = self.process_lhs(compiler, connection)
        return f"{column} = ANY(%s)", [*params, list(self.rhs)]


def _beginning(network: Network) -> str:
    """The text that all addresses of a network begin with, such as `10.0.` or `2001:db8:`.

    In IPv6 a group of zeros may be left out, and ends what is sure.
    """
    if isinstance(network, ipaddress.IPv4Network):
        parts = str(network.network_address).split(".")
        return "".join(f"{octet}." for octet in parts[: min(network.prefixlen // 8, 3)])
    groups = struct.unpack(">8H", network.network_address.packed)[: network.prefixlen // 16]
    return "".join(f"{group:x}:" for group in takewhile(bool, groups))


@lru_cache(maxsize=64)
def _ends(text: str) -> tuple[socket.AddressFamily, bytes, bytes]:
    """The family of a network, its first address and its last, packed."""
    network = ipaddress.ip_network(text)
    family = socket.AF_INET if network.version == 4 else socket.AF_INET6
    return family, network.network_address.packed, network.broadcast_address.packed


def ip_within(address: str | None, network: str) -> bool | None:
    """The function that SQLite calls for each address."""
    if address is None:
        return None
    family, first, last = _ends(network)
    if (":" in address) != (family is socket.AF_INET6):
        return False
    return first <= socket.inet_pton(family, address) <= last


def add_sqlite_function(connection: Any, **kwargs: Any) -> None:
    """Receiver of `connection_created`."""
    if connection.vendor == "sqlite":
        connection.connection.create_function("ip_within", 2, ip_within, deterministic=True)
