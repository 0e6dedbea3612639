"""gRPC channels to the services, by the names of the services."""

from collections.abc import Mapping
from typing import Any, Final

import grpc

from gateway.targets import names_copies

MESSAGE_BYTES_MAX: Final = 16 * 1024 * 1024
"""A larger response message is refused."""
RECONNECT_MS_MAX: Final = 1_000
"""How long the gateway waits at most before it tries again to reach a service that was away."""
KEEPALIVE_MS: Final = 30_000
"""How often an idle connection in use is probed, to notice a host that vanished."""
COPY_KEEPALIVE_MS: Final = 1_000
"""How often a copy is probed, while there are others that can do its work."""
COPY_SILENCE_MS_MAX: Final = 2_000
"""How long a copy may keep silent before its calls fail and the others get the next ones."""

OPTIONS: Final = (
    ("grpc.max_receive_message_length", MESSAGE_BYTES_MAX),
    ("grpc.initial_reconnect_backoff_ms", 100),
    ("grpc.max_reconnect_backoff_ms", RECONNECT_MS_MAX),
    ("grpc.enable_retries", 0),
    ("grpc.use_local_subchannel_pool", 1),
    ("grpc.lb_policy_name", "round_robin"),
)
SEEN_RARELY: Final = (("grpc.keepalive_time_ms", KEEPALIVE_MS),)
SEEN_OFTEN: Final = (
    ("grpc.keepalive_time_ms", COPY_KEEPALIVE_MS),
    ("grpc.http2.ping_timeout_ms", COPY_SILENCE_MS_MAX),
    ("grpc.keepalive_permit_without_calls", 1),
    ("grpc.http2.max_pings_without_data", 0),
)
"""Only for copies that are named one by one: other people's servers don't let clients probe so often."""

Call = Any
"""A grpc.aio multi-callable of bytes to bytes."""


class NoBackendError(Exception):
    """No backend is set for a service; the text names the service."""


class Backends:
    """The channels, opened when first needed; a service that is away makes nothing fail here."""

    def __init__(self, targets: Mapping[str, str]) -> None:
        """`targets`: full name of a service, or of a package it is in → gRPC target."""
        self._targets = targets
        self._channels: dict[str, grpc.aio.Channel] = {}

    def unary(self, service: str, rpc: str) -> Call:
        """Returns what calls a unary method."""
        return self._channel(service).unary_unary(rpc)

    def streaming(self, service: str, rpc: str) -> Call:
        """Returns what calls a method that streams its responses."""
        return self._channel(service).unary_stream(rpc)

    async def close(self) -> None:
        """Closes every channel."""
        for channel in self._channels.values():
            await channel.close()

    def _channel(self, service: str) -> grpc.aio.Channel:
        target = self._target(service)
        if target not in self._channels:
            options = OPTIONS + (SEEN_OFTEN if names_copies(target) else SEEN_RARELY)
            self._channels[target] = grpc.aio.insecure_channel(target, options=options)
        return self._channels[target]

    def _target(self, service: str) -> str:
        name = service
        while name not in self._targets:
            if not name:
                raise NoBackendError(f"no backend is set for {service}")
            name = name.rpartition(".")[0]
        return self._targets[name]
