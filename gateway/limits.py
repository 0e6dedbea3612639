"""The bounds of everything that a client can make large or long."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Sizes in bytes, times in seconds."""

    head_bytes_max: int = 16 * 1024
    """Request line and headers."""
    head_seconds_max: float = 10.0
    """From a connection's first byte of a request to the end of its headers."""
    body_bytes_max: int = 1024 * 1024
    body_seconds_max: float = 15.0
    deadline_seconds: float = 15.0
    """A call's deadline when the client sends no Grpc-Timeout."""
    deadline_seconds_max: float = 60.0
    """The longest deadline that Grpc-Timeout gets."""
    requests_max: int = 1000
    """Requests in work at once."""
    keep_alive_seconds: int = 65
    """How long an idle connection stays open; longer than the usual proxy's 60."""
    drain_seconds_max: int = 20
    """How long requests in work may go on after SIGTERM."""
