"""Calls the server for bench/transport.py: `transport_client.py asyncio|grpcio HOST:PORT CALLS SECONDS`.

CALLS calls are in flight at once. It prints the number of calls and the CPU seconds that they took in this process.
"""

import asyncio
import gc
import sys
import time
from collections.abc import Awaitable, Callable
from typing import Any

import grpc
import uvloop

import asyncio_grpc_http2

METHOD = "/bench.Transport/Call"
REQUEST = bytes(100)
RESPONSE_BYTES = 200
WARMUP_SECONDS = 0.3
DEADLINE_SECONDS = 5

Method = Callable[..., Awaitable[Any]]


async def calls(method: Method, in_flight: int, seconds: float) -> int:
    """Keeps calls in flight, as the Go client does, and returns their number."""
    done = 0
    end = time.monotonic() + seconds

    async def caller() -> None:
        nonlocal done
        while time.monotonic() < end:
            done += 1
            metadata = (
                ("x-request-id", f"3fa85f64-5717-4562-b3fc-{done:012d}"),
                ("idempotency-key", f"k-{done}"),
                ("x-tenant", "bench"),
            )
            response = await method(REQUEST, timeout=DEADLINE_SECONDS, metadata=metadata)
            if len(response) != RESPONSE_BYTES:
                raise ValueError(f"the response has {len(response)} bytes")

    async with asyncio.TaskGroup() as callers:
        for _ in range(in_flight):
            callers.create_task(caller())
    return done


async def main(transport: str, address: str, in_flight: str, seconds: str) -> None:
    """Measures after a warm-up."""
    channel: Any
    if transport == "asyncio":
        channel = asyncio_grpc_http2.Channel(address)
        method = channel.unary(METHOD)
    else:
        channel = grpc.aio.insecure_channel(address)
        method = channel.unary_unary(METHOD)
    async with channel:
        await calls(method, int(in_flight), WARMUP_SECONDS)
        gc.collect()
        gc.freeze()
        started = time.process_time()
        done = await calls(method, int(in_flight), float(seconds))
        print(done, time.process_time() - started)


if __name__ == "__main__":
    uvloop.run(main(*sys.argv[1:]))
