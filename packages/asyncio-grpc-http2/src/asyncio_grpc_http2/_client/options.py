"""The settings of a channel."""

from dataclasses import dataclass, field

from asyncio_grpc_http2._http2 import Keepalive, Limits


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelOptions:
    """Bounds and times of a channel. The defaults are gRPC's where gRPC has one."""

    message_bytes_max: int = 4 * 1024 * 1024
    """The size of the largest response message; a call with a larger one fails with RESOURCE_EXHAUSTED."""
    waiting_calls_max: int = 10_000
    """Calls that wait for a connection or for a free stream; further ones fail with UNAVAILABLE."""
    connect_seconds_max: float = 20.0
    """How long a server may take to accept a connection, TLS handshake and SETTINGS included."""
    backoff_seconds_initial: float = 1.0
    """The pause after the first failed attempt to connect; the following ones grow."""
    backoff_seconds_max: float = 120.0
    """The longest pause between attempts to connect."""
    resolve_seconds_max: float = 5.0
    """How long a DNS look-up may take."""
    resolve_interval_seconds: float = 30.0
    """The shortest pause between two DNS look-ups, and the pause after a failed one."""
    keepalive: Keepalive | None = None
    """When a connection that receives nothing is probed by a PING while unary calls are in progress; None for never.
    Streams alone aren't probed: gRPC servers close a connection after some PINGs without data."""
    keepalive_without_calls: bool = False
    """Whether connections are probed without unary calls, too; the servers must allow it."""
    health_service: str | None = None
    """The name of the service whose health is watched at each server by grpc.health.v1: calls go to servers only that
    report SERVING or don't implement the protocol. The empty name stands for the whole server; None for no watch."""
    http2: Limits = field(default_factory=Limits)
    """The bounds on what a server can make a connection hold or do."""
