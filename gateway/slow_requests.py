"""How many clients may keep the gateway waiting for the rest of a request, each and altogether."""

from collections import Counter
from ipaddress import IPv6Address, ip_address

IPV6_HOST_BITS = 64
"""One client has as many addresses of its own."""


class SlowRequests:
    """The requests that began some time ago and aren't read to their end, by peer.

    Its memory is bounded by the requests in it: a peer without one leaves nothing behind.
    """

    def __init__(self, *, per_peer_max: int, all_max: int) -> None:
        self._per_peer_max = per_peer_max
        self._all_max = all_max
        self._by_peer: Counter[str] = Counter()
        self._all = 0

    def enter(self, host: str) -> str | None:
        """Counts a request of a host, and returns the peer to give to `leave`; None without room."""
        peer = _peer(host)
        if self._all >= self._all_max or self._by_peer[peer] >= self._per_peer_max:
            self._forget(peer)
            return None
        self._by_peer[peer] += 1
        self._all += 1
        return peer

    def leave(self, peer: str) -> None:
        """Counts a request no longer."""
        self._by_peer[peer] -= 1
        self._all -= 1
        self._forget(peer)

    def _forget(self, peer: str) -> None:
        if not self._by_peer[peer]:
            del self._by_peer[peer]


def _peer(host: str) -> str:
    """Returns what stands for a client: an IPv4 address, or the network of an IPv6 address."""
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        return host
    if not isinstance(address, IPv6Address):
        return host
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return f"{int(address) >> IPV6_HOST_BITS:x}"
