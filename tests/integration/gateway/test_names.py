"""A name that can't be looked up for long is found soon after it can be."""

import asyncio

import grpc

from grpc_gateway_python._upstream.channels import Channel
from tests.integration.gateway.backend import SERVICE, Backend
from tests.integration.gateway.name_server import name_server

LOOK_SECONDS = 0.1
QUERIES = 20
"""gRPC alone takes minutes for so many, two at a time and after pauses that grow."""
SECONDS_MAX = 20


def test_a_name_that_was_unknown_for_long_is_found(backend: Backend) -> None:
    async def scenario() -> None:
        with name_server() as names:
            target = f"dns://{names.address}/ticks.test:{backend.port}"
            options = (
                ("grpc.dns_min_time_between_resolutions_ms", 0),
                ("grpc.use_local_subchannel_pool", 1),
            )
            channel = Channel(
                lambda: grpc.aio.insecure_channel(target, options=options), LOOK_SECONDS
            )
            call = channel.unary(f"/{SERVICE}/Nothing")

            async def works() -> bool:
                try:
                    await call(b"", timeout=SECONDS_MAX)
                except grpc.aio.AioRpcError:
                    await asyncio.sleep(LOOK_SECONDS)
                    return False
                return True

            while names.queries < QUERIES:
                assert not await works()
            names.addresses = ["127.0.0.1"]
            while not await works():
                pass
            await channel.close()

    asyncio.run(asyncio.wait_for(scenario(), SECONDS_MAX))
