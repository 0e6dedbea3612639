"""A name that can't be looked up for long is found soon after it can be."""

import asyncio
from collections.abc import Awaitable, Callable

import grpc
import pytest

from asyncio_grpc_http2 import Channel, ChannelOptions, RpcError
from grpc_gateway_python._upstream.calls import UnaryMethod
from grpc_gateway_python._upstream.grpcio_channel import Channel as GrpcioChannel
from tests.integration.gateway.backend import SERVICE, Backend
from tests.integration.gateway.name_server import name_server

LOOK_SECONDS = 0.1
QUERIES = 20
"""gRPC alone takes minutes for so many, two at a time and after pauses that grow."""
SECONDS_MAX = 20
RPC = f"/{SERVICE}/Nothing"
Opened = tuple[UnaryMethod, Callable[[], Awaitable[None]]]


def with_grpcio(target: str) -> Opened:
    options = (
        ("grpc.dns_min_time_between_resolutions_ms", 0),
        ("grpc.use_local_subchannel_pool", 1),
    )
    channel = GrpcioChannel(
        lambda: grpc.aio.insecure_channel(target, options=options), LOOK_SECONDS
    )
    return channel.unary(RPC), channel.close


def with_asyncio(target: str) -> Opened:
    channel = Channel(
        target,
        options=ChannelOptions(backoff_seconds_initial=0.01, backoff_seconds_max=LOOK_SECONDS),
    )
    return channel.unary(RPC), channel.close


@pytest.mark.parametrize("connect", [with_grpcio, with_asyncio])
def test_a_name_that_was_unknown_for_long_is_found(
    backend: Backend, connect: Callable[[str], Opened]
) -> None:
    async def scenario() -> None:
        with name_server() as names:
            call, close = connect(f"dns://{names.address}/ticks.test:{backend.port}")

            async def works() -> bool:
                try:
                    await call(b"", timeout=SECONDS_MAX, metadata=())
                except RpcError:
                    await asyncio.sleep(LOOK_SECONDS)
                    return False
                return True

            while names.queries < QUERIES:
                assert not await works()
            names.addresses = ["127.0.0.1"]
            while not await works():
                pass
            await close()

    asyncio.run(asyncio.wait_for(scenario(), SECONDS_MAX))
