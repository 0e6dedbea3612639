"""Bounds on what one caller, and one address, may ask for."""

from dataclasses import dataclass, replace
from time import monotonic
from typing import Final

from grpc_gateway_python._access.token_buckets import TokenBuckets

CONCURRENT_WAIT_SECONDS: Final = 1.0
"""When a caller with too many requests in progress may try again: the gateway doesn't know when one of them ends."""


@dataclass(frozen=True, slots=True)
class CallerLimits:
    """The bounds per caller, which is a token's subject, and per address: an IPv4 address, or a /64 network of IPv6.

    Clients behind one proxy have one address: the gateway doesn't trust headers that name another.
    """

    subject_rate: float = 100.0
    """How many requests a second a subject may make in the long run."""
    subject_burst: int = 200
    """How many requests a subject may make at once."""
    address_rate: float = 1000.0
    """How many requests a second an address may make in the long run."""
    address_burst: int = 2000
    """How many requests an address may make at once."""
    concurrent_max: int = 100
    """How many requests of a subject may be in progress at once; streams are counted apart."""
    streams_max: int = 20
    """How many streams of a subject may be open at once."""


class CallerCounts:
    """What callers have asked for; the memory that it takes is bounded, however many callers there are."""

    def __init__(self, limits: CallerLimits) -> None:
        self._concurrent_max = limits.concurrent_max
        self._subjects = TokenBuckets(limits.subject_rate, limits.subject_burst)
        self._addresses = TokenBuckets(limits.address_rate, limits.address_burst)
        self._limits = limits
        self._in_progress: dict[str, int] = {}
        """A subject without requests in progress takes no memory."""

    def for_streams(self) -> "CallerCounts":
        """Returns counts of streams, which share the rates with other requests."""
        counts = CallerCounts(replace(self._limits, concurrent_max=self._limits.streams_max))
        counts._subjects, counts._addresses = self._subjects, self._addresses
        return counts

    def enter(self, subject: str | None, address: str) -> float:
        """Counts a request, unless it exceeds a bound.

        Args:
            subject: The caller; None for a request without a token.
            address: The key of the client's address.

        Returns:
            The seconds after which the request may be repeated; 0 when it was counted.
        """
        now = monotonic()
        wait = self._addresses.take(address, now)
        if wait or subject is None:
            return wait
        in_progress = self._in_progress.get(subject, 0)
        if in_progress >= self._concurrent_max:
            wait = CONCURRENT_WAIT_SECONDS
        else:
            wait = self._subjects.take(subject, now)
        if wait:
            self._addresses.give_back(address)
        else:
            self._in_progress[subject] = in_progress + 1
        return wait

    def leave(self, subject: str | None) -> None:
        """Stops counting a request as in progress."""
        if subject is not None:
            in_progress = self._in_progress[subject]
            if in_progress > 1:
                self._in_progress[subject] = in_progress - 1
            else:
                del self._in_progress[subject]

    def try_unknown_token(self, address: str) -> float:
        """Counts an attempt to verify a token against its address.

        Returns:
            The seconds after which it may be repeated; 0 when it was counted.
        """
        return self._addresses.take(address, monotonic())
