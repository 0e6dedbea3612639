"""grpc's interop cases with the client, against grpc-go's interop server.

The cases whose requests are streams (client_streaming, ping_pong, empty_stream) are left out: the client sends
single requests only. Where a case has a part with such a request, it runs with StreamingOutputCall instead.
"""

import asyncio
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from asyncio_grpc_http2 import Channel, RpcError, StatusCode
from embedded_stack.testing import free_ports
from tests.integration.conformance.interop import INITIAL, SERVICE, TRAILING, Messages
from tests.integration.gateway.conftest import await_start

# The first test may build the programs.
pytestmark = [pytest.mark.anyio, pytest.mark.timeout(600)]
SECONDS = 30.0
SIZES = (31415, 9, 2653, 58979)
METADATA = ((INITIAL, "test_initial_metadata_value"), (TRAILING, b"\xab\xab\xab"))
SPECIAL = "\t\ntest with whitespace\r\nand Unicode BMP ☺ and non-BMP 😈\t\n"


@pytest.fixture(scope="module")
def port(programs: Path) -> Iterator[int]:
    (port,) = free_ports(1)
    server = subprocess.Popen([str(programs / "server"), f"-port={port}"])
    await_start(server, port)
    yield port
    server.terminate()
    server.wait(timeout=10)


@asynccontextmanager
async def connected(port: int) -> AsyncIterator[Channel]:
    async with Channel(f"127.0.0.1:{port}") as channel:
        yield channel


async def error_of(call: Any) -> RpcError:
    with pytest.raises(RpcError) as caught:
        await call
    return caught.value


async def test_empty_unary(port: int) -> None:
    async with connected(port) as channel:
        assert await channel.unary(f"/{SERVICE}/EmptyCall")(b"", timeout=SECONDS) == b""


async def test_large_unary(port: int, messages: Messages) -> None:
    request = messages.SimpleRequest(response_size=314159)
    request.payload.body = bytes(271828)
    async with connected(port) as channel:
        call = channel.unary(f"/{SERVICE}/UnaryCall")
        data = await call(request.SerializeToString(), timeout=SECONDS)
    assert messages.SimpleResponse.FromString(data).payload.body == bytes(314159)


async def test_server_streaming(port: int, messages: Messages) -> None:
    request = messages.StreamingOutputCallRequest()
    for size in SIZES:
        request.response_parameters.add(size=size)
    async with connected(port) as channel:
        call = channel.streaming(f"/{SERVICE}/StreamingOutputCall")
        got = [
            len(messages.StreamingOutputCallResponse.FromString(data).payload.body)
            async for data in call(request.SerializeToString(), timeout=SECONDS)
        ]
    assert tuple(got) == SIZES


async def test_custom_metadata(port: int, messages: Messages) -> None:
    request = messages.SimpleRequest(response_size=1)
    async with connected(port) as channel:
        call = channel.unary(f"/{SERVICE}/UnaryCall")(
            request.SerializeToString(), timeout=SECONDS, metadata=METADATA
        )
        await call
    assert METADATA[0] in call.initial_metadata
    assert METADATA[1] in call.trailing_metadata


@pytest.mark.parametrize("text", ["test status message", SPECIAL], ids=["plain", "special"])
async def test_status_code_and_message(port: int, messages: Messages, text: str) -> None:
    request = messages.SimpleRequest()
    request.response_status.code, request.response_status.message = 2, text
    async with connected(port) as channel:
        call = channel.unary(f"/{SERVICE}/UnaryCall")
        error = await error_of(call(request.SerializeToString(), timeout=SECONDS))
    assert (error.code, error.message, error.from_server) == (StatusCode.UNKNOWN, text, True)


@pytest.mark.parametrize("method", [f"{SERVICE}/UnimplementedCall", "grpc.testing.Unknown/Call"])
async def test_unimplemented_method_and_service(port: int, method: str) -> None:
    async with connected(port) as channel:
        error = await error_of(channel.unary(f"/{method}")(b"", timeout=SECONDS))
    assert error.code is StatusCode.UNIMPLEMENTED


async def test_cancel_after_begin(port: int) -> None:
    async with connected(port) as channel:
        call = channel.unary(f"/{SERVICE}/EmptyCall")(b"", timeout=SECONDS)
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        assert await channel.unary(f"/{SERVICE}/EmptyCall")(b"", timeout=SECONDS) == b""


async def test_cancel_after_first_response(port: int, messages: Messages) -> None:
    request = messages.StreamingOutputCallRequest()
    for _ in range(2):
        request.response_parameters.add(size=31415, interval_us=1_000)
    async with connected(port) as channel:
        call = channel.streaming(f"/{SERVICE}/StreamingOutputCall")
        stream = call(request.SerializeToString(), timeout=SECONDS)
        await anext(stream)
        stream.cancel()
        with pytest.raises(asyncio.CancelledError):
            await anext(stream)


async def test_timeout_on_sleeping_server(port: int, messages: Messages) -> None:
    request = messages.StreamingOutputCallRequest()
    request.response_parameters.add(size=1, interval_us=20_000_000)
    async with connected(port) as channel:
        call = channel.streaming(f"/{SERVICE}/StreamingOutputCall")
        error = await error_of(anext(call(request.SerializeToString(), timeout=0.001)))
    assert error.code is StatusCode.DEADLINE_EXCEEDED
