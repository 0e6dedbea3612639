"""Serves bytes for bench/transport.py: `transport_server.py asyncio|grpcio HOST:PORT`."""

import gc
import sys
from typing import Any

import grpc
import uvloop

import asyncio_grpc_http2

SERVICE = "bench.Transport"
RESPONSE = bytes(200)


async def call(_: bytes, context: Any) -> bytes:
    """Reads metadata, as services do, and responds."""
    dict(context.invocation_metadata()).get("x-request-id")
    return RESPONSE


async def main(transport: str, address: str) -> None:
    """Serves until it is killed."""
    server: Any = asyncio_grpc_http2.Server() if transport == "asyncio" else grpc.aio.server()
    handlers: dict[str, Any] = {"Call": grpc.unary_unary_rpc_method_handler(call)}
    if transport == "asyncio":
        server.add_registered_method_handlers(SERVICE, handlers)
    else:
        generic = grpc.method_handlers_generic_handler(SERVICE, handlers)
        server.add_generic_rpc_handlers((generic,))
    server.add_insecure_port(address)
    await server.start()
    gc.collect()
    gc.freeze()
    await server.wait_for_termination()


if __name__ == "__main__":
    uvloop.run(main(*sys.argv[1:]))
