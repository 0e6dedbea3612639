"""gRPC channels of grpcio."""

import json
from functools import partial
from typing import Final

import grpc

from grpc_gateway_python._upstream import bounds
from grpc_gateway_python._upstream.calls import StreamingMethod, UnaryMethod
from grpc_gateway_python._upstream.grpcio_channel import Channel
from grpc_gateway_python._upstream.targets import Servers

HEALTH: Final = {"healthCheckConfig": {"serviceName": ""}}
"""Watches the server's health, so that no call is sent to a server that is about to stop and would lose it."""

Options = tuple[tuple[str, int | str], ...]

OPTIONS: Final[Options] = (
    ("grpc.max_receive_message_length", bounds.MESSAGE_BYTES_MAX),
    ("grpc.min_reconnect_backoff_ms", bounds.CONNECT_MS_MAX),
    ("grpc.initial_reconnect_backoff_ms", bounds.RECONNECT_MS_MIN),
    ("grpc.max_reconnect_backoff_ms", bounds.RECONNECT_MS_MAX),
    ("grpc.dns_ares_query_timeout", bounds.RESOLVE_MS_MAX),
    ("grpc.dns_min_time_between_resolutions_ms", bounds.RESOLVE_INTERVAL_MS),
    # Without a retry policy, gRPC resends only calls that the server never began (transparent retries).
    ("grpc.enable_retries", 1),
    # The services are in a private network: calls must not go through a proxy of the environment.
    ("grpc.enable_http_proxy", 0),
    ("grpc.use_local_subchannel_pool", 1),
    ("grpc.lb_policy_name", "round_robin"),
)
WATCHED: Final[Options] = (
    ("grpc.keepalive_time_ms", bounds.PROBE_MS),
    ("grpc.http2.ping_timeout_ms", bounds.SILENCE_MS_MAX),
    ("grpc.keepalive_permit_without_calls", 1),
    ("grpc.http2.max_pings_without_data", 0),
    ("grpc.service_config", json.dumps(HEALTH)),
)


class GrpcioTransport:
    """A channel for each address, and one more for streams to servers that aren't watched."""

    def __init__(self) -> None:
        self._channels: dict[tuple[str, Options], Channel] = {}

    def unary(self, servers: Servers, rpc: str) -> UnaryMethod:
        """Returns the function that calls a unary method."""
        return self._channel(servers, (("grpc.keepalive_time_ms", bounds.KEEPALIVE_MS),)).unary(rpc)

    def streaming(self, servers: Servers, rpc: str) -> StreamingMethod:
        """Returns the function that calls a method with streamed responses."""
        return self._channel(servers, ()).streaming(rpc)

    async def close(self) -> None:
        """Closes every channel."""
        for channel in self._channels.values():
            await channel.close()

    def _channel(self, servers: Servers, unwatched: Options) -> Channel:
        options = OPTIONS + (WATCHED if servers.watched else unwatched)
        key = (servers.address, options)
        if key not in self._channels:
            self._channels[key] = Channel(
                partial(grpc.aio.insecure_channel, servers.address, options=options)
            )
        return self._channels[key]
