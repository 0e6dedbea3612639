"""gRPC channels to the services, by the names of the services."""

import json
from collections.abc import Mapping
from functools import partial
from typing import Final

import grpc

from grpc_gateway_python._upstream.channels import Call, Channel
from grpc_gateway_python._upstream.targets import Servers

MESSAGE_BYTES_MAX: Final = 16 * 1024 * 1024
"""The size of the largest response message; a call with a larger one fails."""
CONNECT_MS_MAX: Final = 1_000
"""How long a server may take to accept a connection before it counts as unreachable and calls fail."""
RECONNECT_MS_MAX: Final = 1_000
"""The longest pause between two attempts to reach a server."""
RESOLVE_MS_MAX: Final = 1_000
"""How long a DNS look-up may take."""
RESOLVE_INTERVAL_MS: Final = 1_000
"""The shortest pause between two DNS look-ups of a name, when servers end connections because of age."""
KEEPALIVE_MS: Final = 30_000
"""How often an idle connection with calls in progress is probed, to notice a host that vanished. A connection
with streams isn't probed: gRPC servers close a connection after some minutes of probes without data of their
own. `stream_silence_seconds_max` bounds those streams."""
PROBE_MS: Final = 1_000
"""How often a watched server is probed, to notice that it is frozen."""
SILENCE_MS_MAX: Final = 2_000
"""How long a watched server may take to respond to a probe. Then its calls fail, and new calls go elsewhere."""
HEALTH: Final = {"healthCheckConfig": {"serviceName": ""}}
"""Watches the server's health, so that no call is sent to a server that is about to stop and would lose it."""

Options = tuple[tuple[str, int | str], ...]

OPTIONS: Final[Options] = (
    ("grpc.max_receive_message_length", MESSAGE_BYTES_MAX),
    ("grpc.min_reconnect_backoff_ms", CONNECT_MS_MAX),
    ("grpc.initial_reconnect_backoff_ms", 100),
    ("grpc.max_reconnect_backoff_ms", RECONNECT_MS_MAX),
    ("grpc.dns_ares_query_timeout", RESOLVE_MS_MAX),
    ("grpc.dns_min_time_between_resolutions_ms", RESOLVE_INTERVAL_MS),
    # Without a retry policy, gRPC resends only calls that the server never began (transparent retries).
    ("grpc.enable_retries", 1),
    # The services are in a private network: calls must not go through a proxy of the environment.
    ("grpc.enable_http_proxy", 0),
    ("grpc.use_local_subchannel_pool", 1),
    ("grpc.lb_policy_name", "round_robin"),
)
UNWATCHED: Final[Options] = (("grpc.keepalive_time_ms", KEEPALIVE_MS),)
WATCHED: Final[Options] = (
    ("grpc.keepalive_time_ms", PROBE_MS),
    ("grpc.http2.ping_timeout_ms", SILENCE_MS_MAX),
    ("grpc.keepalive_permit_without_calls", 1),
    ("grpc.http2.max_pings_without_data", 0),
    ("grpc.service_config", json.dumps(HEALTH)),
)


class NoBackendError(Exception):
    """No backend is set for a service; the text names the service."""


class Backends:
    """The channels to the services. A channel opens at its first use; an unreachable service doesn't fail the start."""

    def __init__(self, targets: Mapping[str, Servers]) -> None:
        """`targets`: full name of a service, or of a package that contains it → its servers."""
        self._targets = targets
        self._channels: dict[tuple[str, Options], Channel] = {}

    def unary(self, service: str, rpc: str) -> Call:
        """Returns the function that calls a unary method."""
        return self._channel(service, UNWATCHED).unary(rpc)

    def streaming(self, service: str, rpc: str) -> Call:
        """Returns the function that calls a method with streamed responses."""
        return self._channel(service, ()).streaming(rpc)

    async def close(self) -> None:
        """Closes every channel."""
        for channel in self._channels.values():
            await channel.close()

    def _channel(self, service: str, unwatched: Options) -> Channel:
        target = self._target(service)
        options = OPTIONS + (WATCHED if target.watched else unwatched)
        key = (target.address, options)
        if key not in self._channels:
            self._channels[key] = Channel(
                partial(grpc.aio.insecure_channel, target.address, options=options)
            )
        return self._channels[key]

    def _target(self, service: str) -> Servers:
        name = service
        while name not in self._targets:
            if not name:
                raise NoBackendError(f"no backend is set for {service}")
            name = name.rpartition(".")[0]
        return self._targets[name]
