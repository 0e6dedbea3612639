"""Groups addresses of clients by the party that has them."""

from functools import lru_cache
from ipaddress import IPv6Address, ip_address
from typing import Final

IPV6_HOST_BITS: Final = 64
"""A client usually has a whole /64 network of IPv6 addresses."""
PEERS_KEPT: Final = 4096


@lru_cache(PEERS_KEPT)
def peer_of(host: str) -> str:
    """Returns the key of a client: its IPv4 address, or the /64 network of its IPv6 address."""
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        return host
    if not isinstance(address, IPv6Address):
        return host
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return f"{int(address) >> IPV6_HOST_BITS:x}"
