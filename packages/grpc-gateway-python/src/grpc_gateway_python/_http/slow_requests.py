"""Bounds the number of requests that arrive slowly, per client and in total."""

from collections import Counter

from grpc_gateway_python._peers import peer_of


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
        peer = peer_of(host)
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
