"""gRPC channels to the services, by the names of the services."""

from collections.abc import Mapping
from typing import Any, Final

import grpc

MESSAGE_BYTES_MAX: Final = 16 * 1024 * 1024
"""A larger response message is refused."""
RECONNECT_MS_MAX: Final = 1_000
"""How long the gateway waits at most before it tries again to reach a service that was away."""
KEEPALIVE_MS: Final = 30_000
"""How often an idle connection in use is probed, to notice a host that vanished."""

OPTIONS: Final = (
    ("grpc.max_receive_message_length", MESSAGE_BYTES_MAX),
    ("grpc.initial_reconnect_backoff_ms", 100),
    ("grpc.max_reconnect_backoff_ms", RECONNECT_MS_MAX),
    ("grpc.keepalive_time_ms", KEEPALIVE_MS),
    ("grpc.enable_retries", 0),
    ("grpc.use_local_subchannel_pool", 1),
)

Call = Any
"""A grpc.aio multi-callable of bytes to bytes."""


class NoBackendError(Exception):
    """No backend is set for a service; the text names the service."""


class Backends:
    """The channels, opened when first needed; a service that is away makes nothing fail here."""

    def __init__(self, addresses: Mapping[str, str]) -> None:
        """`addresses`: full name of a service, or of a package it is in → host:port."""
        self._addresses = addresses
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
        address = self._address(service)
        if address not in self._channels:
            self._channels[address] = grpc.aio.insecure_channel(address, options=OPTIONS)
        return self._channels[address]

    def _address(self, service: str) -> str:
        name = service
        while name not in self._addresses:
            if not name:
                raise NoBackendError(f"no backend is set for {service}")
            name = name.rpartition(".")[0]
        return self._addresses[name]
