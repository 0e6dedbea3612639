"""Bounds of a server."""

from dataclasses import dataclass

CONNECTIONS_MAX = 4096
"""Connections of a server; more are closed when they are made."""
AGE_JITTER = 0.1
"""The share by which the maximum age of connections varies, so that clients don't reconnect all at once."""
GOAWAY_SECONDS_MAX = 1.0
"""How long a client may take to acknowledge that it opens no more streams (RFC 9113, section 6.8)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerOptions:
    """What a server allows its clients."""

    maximum_concurrent_rpcs: int = 1000
    """Handlers that run at once; more calls get RESOURCE_EXHAUSTED."""
    message_bytes_max: int = 4 * 1024 * 1024
    """A request message; larger ones get RESOURCE_EXHAUSTED."""
    metadata_bytes_max: int = 64 * 1024
    """The header list of a call, counted as HTTP/2 counts it; larger ones get RESOURCE_EXHAUSTED."""
    connection_age_seconds: float | None = None
    """Age at which a client is told to connect again; calls in progress end on the old connection."""
    keepalive_seconds: float = 30.0
    """Silence after which a client is probed with PING."""
    keepalive_timeout_seconds: float = 20.0
    """Silence after the probe after which the connection is aborted."""
