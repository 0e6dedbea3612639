"""The bounds of everything that a client can make large or long."""

from dataclasses import dataclass

from grpc_gateway_python.v1.gateway_errors import (
    BODY_TOO_LARGE_BYTES_MAX,
    HEADERS_TOO_LARGE_BYTES_MAX,
    REQUEST_TIMEOUT_SECONDS_MAX,
)


@dataclass(frozen=True, slots=True)
class Limits:
    """Sizes in bytes, times in seconds; those that an error tells are in the contract of the reasons."""

    head_bytes_max: int = HEADERS_TOO_LARGE_BYTES_MAX
    """Request line and headers."""
    head_seconds_max: float = 10.0
    """From a connection's first byte of a request to the end of its headers."""
    body_bytes_max: int = BODY_TOO_LARGE_BYTES_MAX
    framed_body_bytes_max: int = 8 * BODY_TOO_LARGE_BYTES_MAX
    """A body as it is sent, read or not: a chunk of one byte takes six, and trailers follow."""
    chunk_framing_bytes_max: int = 16
    """Around a chunk on average; what chunk extensions and trailers have beyond it counts as a head."""
    body_seconds_max: float = REQUEST_TIMEOUT_SECONDS_MAX
    deadline_seconds: float = 15.0
    """A call's deadline when the client sends no Grpc-Timeout; a stream has none then."""
    deadline_seconds_max: float = 60.0
    """The longest deadline that Grpc-Timeout can set, except for streams."""
    stream_deadline_seconds_max: float = 86_400.0
    """The longest deadline of a stream."""
    stream_silence_seconds_max: float = 300.0
    """How long a service may send nothing in a stream."""
    linger_seconds_max: float = 5.0
    """How long a client may go on with a request that is answered already."""
    read_seconds_max: float = 30.0
    """How long a client may read nothing of what is written for it."""
    requests_max: int = 1000
    """Requests in work at once; a request counts from the moment it is read completely."""
    slow_after_seconds: float = 1.0
    """A request that isn't read completely after this counts as slow."""
    slow_requests_per_peer_max: int = 100
    """Slow requests of one client at once."""
    slow_requests_max: int = 500
    """Slow requests of all clients at once; each may hold a body."""
    keep_alive_seconds: int = 65
    """How long an idle connection stays open; longer than the usual proxy's 60."""
    drain_seconds_max: int = 20
    """How long requests in work may go on after SIGTERM."""
