"""Clients that break HTTP/2's rules, flood the server or leave: each gets a clean error, and others are served."""

import asyncio
from contextlib import suppress

import pytest

from asyncio_grpc_http2._grpc.messages import frame as message
from asyncio_grpc_http2._http2 import encode_headers
from asyncio_grpc_http2._http2.frames import (
    DATA,
    END_STREAM,
    GOAWAY,
    PREFACE,
    RST_STREAM,
    SETTINGS_ACK,
    headers_frames,
    ping,
    settings_frame,
)
from asyncio_grpc_http2_tests.hostile import BROKEN, BROKEN_STREAM, FLOODS, frame, kinds
from asyncio_grpc_http2_tests.server.serving import SERVICE, Serving, serving

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.usefixtures("late_events_of_grpcio_are_dropped"),
]
SECONDS = 10.0
OPENED = PREFACE + settings_frame({}) + SETTINGS_ACK


def request(method: str, *more: tuple[str, str], end: bool = False) -> bytes:
    fields = [
        (":method", "POST"),
        (":scheme", "http"),
        (":path", f"/{SERVICE}/{method}"),
        ("te", "trailers"),
        ("content-type", "application/grpc"),
        *more,
    ]
    return headers_frames(1, encode_headers(fields), end_stream=end)


async def send(served: Serving, data: bytes, until: int | None = None) -> bytes:
    """Sends bytes and returns what comes back until the connection ends, or until a frame of a type has come."""
    host, _, port = served.address.rpartition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    received = b""
    # The server may close the connection before it has read everything.
    with suppress(ConnectionError):
        writer.write(data)
        async with asyncio.timeout(SECONDS):
            while piece := await reader.read(65_536):
                received += piece
                if until in kinds(received):
                    break
    writer.close()
    return received


@pytest.mark.parametrize("name", BROKEN)
async def test_broken_rule_ends_the_connection_with_goaway(name: str) -> None:
    async with serving() as served:
        received = await send(served, OPENED + request("chat") + BROKEN[name])
        assert GOAWAY in kinds(received)
        assert await served.call("echo", b"still here") == b"still here"


@pytest.mark.parametrize("name", BROKEN_STREAM)
async def test_broken_rule_of_a_stream_resets_it(name: str) -> None:
    async with serving() as served:
        received = await send(served, OPENED + request("chat") + BROKEN_STREAM[name], RST_STREAM)
        assert RST_STREAM in kinds(received)
        assert GOAWAY not in kinds(received)
        assert await served.call("echo", b"still here") == b"still here"


@pytest.mark.parametrize("length", ["1", "100"])
async def test_content_length_that_differs_from_the_data_resets_the_stream(length: str) -> None:
    async with serving() as served:
        data = (
            OPENED
            + request("chat", ("content-length", length))
            + frame(DATA, END_STREAM, 1, message(b"x"))
        )
        assert RST_STREAM in kinds(await send(served, data, RST_STREAM))


@pytest.mark.parametrize("name", FLOODS)
async def test_flood_ends_the_connection(name: str) -> None:
    async with serving() as served:
        await send(served, OPENED + request("chat") + FLOODS[name])
        assert await served.call("echo", b"still here") == b"still here"


async def test_flood_of_streams_that_are_reset_at_once_ends_the_connection() -> None:
    async with serving() as served:
        one = request("wait", end=True)
        resets = b"".join(
            one[:5] + stream.to_bytes(4, "big") + one[9:] + frame(RST_STREAM, 0, stream, bytes(4))
            for stream in range(1, 20_001, 2)
        )
        await send(served, OPENED + resets)
        assert await served.call("echo", b"still here") == b"still here"


async def test_metadata_above_the_limit_fails_the_call_only() -> None:
    async with serving() as served:
        large = [(f"x-{number}", "x" * 1000) for number in range(100)]
        received = await send(served, OPENED + request("echo", *large, end=True), 1)
        assert b"grpc-status\x018" in received
        assert GOAWAY not in kinds(received)


@pytest.mark.parametrize("anyio_backend", [("asyncio", {"use_uvloop": True})])
async def test_client_may_leave_at_every_byte() -> None:
    async with serving() as served:
        whole = (
            OPENED + request("echo") + frame(DATA, END_STREAM, 1, message(b"x")) + ping(bytes(8))
        )
        host, _, port = served.address.rpartition(":")
        for size in range(len(whole)):
            _, writer = await asyncio.open_connection(host, int(port))
            writer.write(whole[:size])
            writer.close()
        assert await served.call("echo", b"still here") == b"still here"


@pytest.mark.parametrize("anyio_backend", [("asyncio", {"use_uvloop": True})])
async def test_call_passes_byte_by_byte() -> None:
    async with serving() as served:
        whole = OPENED + request("echo") + frame(DATA, END_STREAM, 1, message(b"ping"))
        host, _, port = served.address.rpartition(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        for octet in whole:
            writer.write(bytes((octet,)))
            await asyncio.sleep(0)
        received = b""
        async with asyncio.timeout(SECONDS):
            while b"grpc-status\x010" not in received:
                received += await reader.read(65_536)
        writer.close()
        assert message(b"ping") in received
