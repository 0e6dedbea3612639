"""gRPC channels of asyncio-grpc-http2."""

from asyncio_grpc_http2 import Channel, ChannelOptions, Keepalive
from grpc_gateway_python._upstream import bounds
from grpc_gateway_python._upstream.calls import StreamingMethod, UnaryMethod
from grpc_gateway_python._upstream.targets import Servers


class Http2Transport:
    """A channel for each address."""

    def __init__(self) -> None:
        self._channels: dict[Servers, Channel] = {}

    def unary(self, servers: Servers, rpc: str) -> UnaryMethod:
        """Returns the function that calls a unary method."""
        return self._channel(servers).unary(rpc)

    def streaming(self, servers: Servers, rpc: str) -> StreamingMethod:
        """Returns the function that calls a method with streamed responses."""
        return self._channel(servers).streaming(rpc)

    async def close(self) -> None:
        """Closes every channel."""
        for channel in self._channels.values():
            await channel.close()

    def _channel(self, servers: Servers) -> Channel:
        if servers not in self._channels:
            self._channels[servers] = Channel(
                servers.address, options=channel_options(watched=servers.watched)
            )
        return self._channels[servers]


def channel_options(*, watched: bool) -> ChannelOptions:
    """Returns the bounds and times of a channel to servers that allow probes, or to others."""
    probe, silence = (
        (bounds.PROBE_MS, bounds.SILENCE_MS_MAX)
        if watched
        else (bounds.KEEPALIVE_MS, bounds.KEEPALIVE_MS_MAX)
    )
    return ChannelOptions(
        message_bytes_max=bounds.MESSAGE_BYTES_MAX,
        connect_seconds_max=bounds.CONNECT_MS_MAX / 1000,
        backoff_seconds_initial=bounds.RECONNECT_MS_MIN / 1000,
        backoff_seconds_max=bounds.RECONNECT_MS_MAX / 1000,
        resolve_seconds_max=bounds.RESOLVE_MS_MAX / 1000,
        resolve_interval_seconds=bounds.RESOLVE_INTERVAL_MS / 1000,
        keepalive=Keepalive(seconds=probe / 1000, timeout_seconds=silence / 1000),
        keepalive_without_calls=watched,
        # No call is sent to a server that is about to stop and would lose it.
        health_service="" if watched else None,
    )
