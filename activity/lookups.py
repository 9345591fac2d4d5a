"""`ip__within`: whether an address lies in a network, on PostgreSQL by index, elsewhere by text.
`any_of`: like `in`, for many values.

SQLite keeps addresses as canonical text. There a range of text narrows an IPv4 network to whole
octets, and a function of ours decides the rest.
"""

import ipaddress
from functools import lru_cache
from typing import Any

from django.db.models import CharField, GenericIPAddressField, Lookup, UUIDField
from django.db.models.lookups import In

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


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
        prefix = _octets(self.rhs)
        if not prefix:
            return is_within, (*params, str(self.rhs))
        beyond = prefix[:-1] + "/"  # the character after "."
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


def _octets(network: Network) -> str:
    """The whole octets that all addresses of an IPv4 network begin with, such as `10.0.`."""
    if network.version != 4:
        return ""
    count = min(network.prefixlen // 8, 3)
    return "".join(f"{octet}." for octet in str(network.network_address).split(".")[:count])


@lru_cache(maxsize=64)
def _network(text: str) -> Network:
    return ipaddress.ip_network(text)


def ip_within(address: str | None, network: str) -> bool | None:
    """The function that SQLite calls for each address."""
    if address is None:
        return None
    return ipaddress.ip_address(address) in _network(network)


def add_sqlite_function(connection: Any, **kwargs: Any) -> None:
    """Receiver of `connection_created`."""
    if connection.vendor == "sqlite":
        connection.connection.create_function("ip_within", 2, ip_within, deterministic=True)
