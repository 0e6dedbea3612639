"""Bounds on what a peer can make a connection hold or do."""

from collections.abc import Callable
from dataclasses import dataclass

from asyncio_grpc_http2._http2.errors import ErrorCode, Http2ConnectionError


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The bounds of one connection. The first five are announced in SETTINGS or by WINDOW_UPDATE."""

    concurrent_streams: int = 1000
    """Streams that the peer may have open; more get REFUSED_STREAM."""
    header_list_bytes: int = 64 * 1024
    """Header list, counted as SETTINGS_MAX_HEADER_LIST_SIZE counts it: 32 for each field beside its bytes."""
    stream_window_bytes: int = 65_535
    """Data of a stream that wasn't consumed yet. At least 65,535, as the peer starts with that."""
    connection_window_bytes: int = 4 * 1024 * 1024
    """Data in flight on all streams together; it is given back on receipt."""
    large_messages_bytes: int = 64 * 1024 * 1024
    """Messages that don't fit into their stream's window and are received at one time. Those above it wait
    for window. One message may always be received, however large."""

    continuation_frames: int = 32
    """CONTINUATION frames of one header block (CVE-2024-27316)."""
    control_frames: int = 2000
    """Frames in a row that bring nothing forward: PING, SETTINGS, PRIORITY, empty DATA, unknown types, and frames
    on closed streams (CVE-2019-9512, 9515, 9518). Data in either direction starts the count again, and so
    does the end of `rate_seconds`."""
    resets: int = 1000
    """Streams that the peer resets, or makes us reset, within `rate_seconds` (CVE-2023-44487, CVE-2025-8671)."""
    rate_seconds: float = 5.0
    """The time over which `control_frames` and `resets` are counted."""

    output_high_water_bytes: int = 256 * 1024
    """DATA that waits for the transport; what is above it waits in its stream."""
    output_bytes: int = 1024 * 1024
    """All frames that wait for the transport. A peer that makes us exceed it doesn't read its responses."""
    unsent_bytes: int = 64 * 1024 * 1024
    """DATA of all streams that waits for the peer's windows or for the transport."""


class Rate:
    """Counts events, and raises when there are more than `count` in `seconds`."""

    __slots__ = ("_clock", "_count", "_name", "_seconds", "_since", "counted")

    def __init__(self, name: str, count: int, seconds: float, clock: Callable[[], float]) -> None:
        self._name = name
        self._count = count
        self._seconds = seconds
        self._clock = clock
        self._since = clock()
        self.counted = 0
        """Events since the last start; an owner may set it to 0."""

    def count(self) -> None:
        """Counts one event. The clock is read only when the count is reached."""
        self.counted += 1
        if self.counted <= self._count:
            return
        now = self._clock()
        if now - self._since < self._seconds:
            text = f"more than {self._count} {self._name} in {self._seconds:g} s"
            raise Http2ConnectionError(ErrorCode.ENHANCE_YOUR_CALM, text)
        self.counted, self._since = 1, now
