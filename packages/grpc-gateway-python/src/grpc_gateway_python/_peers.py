"""The addresses of clients."""

from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Final

IPV6_HOST_BITS: Final = 64
"""A client usually has a whole /64 network of IPv6 addresses."""
PEERS_KEPT: Final = 4096


@lru_cache(PEERS_KEPT)
def peer_of(host: str) -> str:
    """Returns the key of a client: its IPv4 address, or the /64 network of its IPv6 address."""
    address = address_of(host)
    if isinstance(address, IPv6Address):
        return f"{int(address) >> IPV6_HOST_BITS:x}"
    return host if address is None else str(address)


def address_of(host: str) -> IPv4Address | IPv6Address | None:
    """Returns the IP address that names a client, without its zone, and as IPv4 if it is mapped; None for other names.

    The server that runs `create_app(…)` chooses the name; it may be what a proxy claims, such as `unknown`.
    """
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address
