"""The bounds on the size and duration of requests, responses and connections."""

from dataclasses import dataclass

from grpc_gateway_python.v1.gateway_errors import (
    BODY_TOO_LARGE_BYTES_MAX,
    HEADERS_TOO_LARGE_BYTES_MAX,
    REQUEST_TIMEOUT_SECONDS_MAX,
)


@dataclass(frozen=True, slots=True)
class Limits:
    """Sizes in bytes, times in seconds. The bounds that an error message contains are declared with its reason."""

    head_bytes_max: int = HEADERS_TOO_LARGE_BYTES_MAX
    """The size of request line and headers together."""
    head_seconds_max: float = 10.0
    """How long a client may take to send request line and headers."""
    body_bytes_max: int = BODY_TOO_LARGE_BYTES_MAX
    framed_body_bytes_max: int = 8 * BODY_TOO_LARGE_BYTES_MAX
    """The size of a body as sent, with chunk framing and trailers: a chunk of one byte takes six bytes."""
    chunk_framing_bytes_max: int = 16
    """The average framing of a chunk; further bytes of chunk extensions and trailers count against `head_bytes_max`."""
    body_seconds_max: float = REQUEST_TIMEOUT_SECONDS_MAX
    deadline_seconds: float = 15.0
    """The deadline of a unary call without Grpc-Timeout. Streams have none; newline-delimited JSON ends after
    `stream_seconds_max`."""
    deadline_seconds_max: float = 60.0
    """The longest deadline that Grpc-Timeout can set, except for streams."""
    stream_deadline_seconds_max: float = 86_400.0
    """The longest deadline of a stream."""
    stream_silence_seconds_max: float = 300.0
    """How long a service may send nothing in a stream. Server-sent events end without an error then, so that the client
    resumes; newline-delimited JSON ends with DEADLINE_EXCEEDED."""
    stream_seconds_max: float = 900.0
    """How long a stream of messages lasts, unless the client's token expires before. Server-sent events end without an
    error: the client connects again and resumes, and its access is checked again then. Newline-delimited JSON ends with
    DEADLINE_EXCEEDED, and Grpc-Timeout takes the place of this time."""
    stream_heartbeat_seconds: float = 15.0
    """The pause after which server-sent events get a comment, because proxies close connections without traffic."""
    stream_begin_seconds_max: float = 1.0
    """How long server-sent events wait for their first message before the status is sent. An error in this time is an
    error response, a later one an event."""
    streams_max: int = 5000
    """How many streams may be open at once; they don't count as requests in progress."""
    linger_seconds_max: float = 5.0
    """How long a client may continue to send a request that was already responded to."""
    read_seconds_max: float = 30.0
    """How long a client may read nothing of its response."""
    requests_max: int = 1000
    """How many requests may be in progress at once; a request counts when it has been read completely."""
    slow_after_seconds: float = 1.0
    """The time after which a request that hasn't been read completely counts as slow."""
    slow_requests_per_peer_max: int = 100
    """How many slow requests one client may have at once."""
    slow_requests_max: int = 500
    """How many slow requests all clients together may have at once; each one may hold a body in memory."""
    keep_alive_seconds: int = 65
    """How long an idle connection stays open; longer than the 60 seconds that proxies usually keep it."""
    drain_seconds_max: int = 20
    """How long requests in progress may continue after SIGTERM."""
