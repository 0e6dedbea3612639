"""Bounds the number of requests that arrive slowly, per client and in total."""

from collections import Counter
from ipaddress import IPv6Address, ip_address

IPV6_HOST_BITS = 64
"""A client usually has a whole /64 network of IPv6 addresses."""


class SlowRequests:
    """Counts the requests that arrive slowly, by peer.

    A peer without slow requests takes no memory.
    """

    def __init__(self, *, per_peer_max: int, all_max: int) -> None:
        self._per_peer_max = per_peer_max
        self._all_max = all_max
        self._by_peer: Counter[str] = Counter()
        self._all = 0

    def enter(self, host: str) -> str | None:
        """Counts a slow request of a host. Returns the peer to pass to `leave`, or None when a bound is reached."""
        peer = _peer(host)
        if self._all >= self._all_max or self._by_peer[peer] >= self._per_peer_max:
            self._forget(peer)
            return None
        self._by_peer[peer] += 1
        self._all += 1
        return peer

    def leave(self, peer: str) -> None:
        """Stops counting one slow request of a peer."""
        self._by_peer[peer] -= 1
        self._all -= 1
        self._forget(peer)

    def _forget(self, peer: str) -> None:
        if not self._by_peer[peer]:
            del self._by_peer[peer]


def _peer(host: str) -> str:
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
