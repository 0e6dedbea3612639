"""Servers that break HTTP/2's rules, flood the client or leave: the call fails cleanly, and the client recovers."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest

from asyncio_grpc_http2 import Channel, ChannelOptions, RpcError, StatusCode
from asyncio_grpc_http2._grpc.messages import frame as message
from asyncio_grpc_http2._http2 import ErrorCode, encode_headers
from asyncio_grpc_http2._http2.frames import (
    DATA,
    END_STREAM,
    goaway,
    headers_frames,
    rst_stream,
    settings_frame,
)
from asyncio_grpc_http2_tests.hostile import BROKEN, BROKEN_STREAM, FLOODS, frame

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.usefixtures("late_events_of_grpcio_are_dropped"),
]
SECONDS = 10.0
QUICK = ChannelOptions(backoff_seconds_initial=0.01, backoff_seconds_max=0.1)
HEADERS = headers_frames(
    1, encode_headers([(":status", "200"), ("content-type", "application/grpc")]), end_stream=False
)
TRAILERS = headers_frames(1, encode_headers([("grpc-status", "0")]), end_stream=True)
RESPONSE = HEADERS + frame(DATA, 0, 1, message(b"x")) + TRAILERS


class HostileServer:
    """Sends SETTINGS, and bytes once a call has come. It takes the next bytes for each connection that has a call."""

    def __init__(self, responses: list[bytes], *, hangs_up: bool) -> None:
        self._responses = responses
        self._hangs_up = hangs_up
        self.calls = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            writer.write(settings_frame({}))
            await reader.readuntil(b"application/grpc")
            self.calls += 1
            writer.write(self._responses.pop(0) if self._responses else RESPONSE)
            if not self._hangs_up:
                await reader.read()
        writer.close()


@asynccontextmanager
async def hostile(
    *responses: bytes, hangs_up: bool = False
) -> AsyncIterator[tuple[HostileServer, Channel]]:
    server = HostileServer(list(responses), hangs_up=hangs_up)
    listener = await asyncio.start_server(server.serve, "127.0.0.1", 0)
    target = "{}:{}".format(*listener.sockets[0].getsockname())
    async with Channel(target, options=QUICK) as channel:
        yield server, channel
    listener.close()


async def call(channel: Channel) -> bytes:
    return await channel.unary("/test.Service/Echo")(b"", timeout=SECONDS)


async def error_of(channel: Channel) -> RpcError:
    with pytest.raises(RpcError) as caught:
        await call(channel)
    return caught.value


@pytest.mark.parametrize("name", [*BROKEN, *FLOODS])
async def test_broken_rules_and_floods_fail_the_call_and_the_client_connects_again(
    name: str,
) -> None:
    async with hostile((BROKEN | FLOODS)[name]) as (_, channel):
        error = await error_of(channel)
        assert (error.code, error.from_server) == (StatusCode.INTERNAL, False)
        assert await call(channel) == b"x"


@pytest.mark.parametrize("name", BROKEN_STREAM)
async def test_broken_rule_of_a_stream_fails_the_call(name: str) -> None:
    async with hostile(BROKEN_STREAM[name]) as (_, channel):
        assert (await error_of(channel)).code is StatusCode.INTERNAL


@pytest.mark.parametrize(
    ("response", "code"),
    [
        (HEADERS + TRAILERS, StatusCode.INTERNAL),
        (HEADERS + frame(DATA, 0, 1, message(b"x") * 2) + TRAILERS, StatusCode.INTERNAL),
        (HEADERS + frame(DATA, 0, 1, message(b"x")[:-1]) + TRAILERS, StatusCode.INTERNAL),
        (HEADERS + frame(DATA, END_STREAM, 1, message(b"x")), StatusCode.INTERNAL),
        (HEADERS + frame(DATA, 0, 1, b"\x01" + message(b"x")[1:]), StatusCode.UNIMPLEMENTED),
        (HEADERS + frame(DATA, 0, 1, b"\0\xff\xff\xff\xff"), StatusCode.RESOURCE_EXHAUSTED),
        (
            headers_frames(1, encode_headers([(":status", "503")]), end_stream=True),
            StatusCode.UNAVAILABLE,
        ),
    ],
    ids=[
        "no message",
        "two messages",
        "half a message",
        "no status",
        "compressed",
        "too large",
        "HTTP 503",
    ],
)
async def test_response_that_is_no_grpc_fails_the_call(response: bytes, code: StatusCode) -> None:
    async with hostile(response) as (_, channel):
        error = await error_of(channel)
        assert (error.code, error.from_server) == (code, False)


@pytest.mark.parametrize(
    "response",
    [
        goaway(0, ErrorCode.NO_ERROR),
        rst_stream(1, ErrorCode.REFUSED_STREAM) + goaway(1, ErrorCode.NO_ERROR),
    ],
    ids=["GOAWAY", "REFUSED_STREAM"],
)
async def test_call_that_the_server_has_not_processed_is_sent_again(response: bytes) -> None:
    async with hostile(response) as (server, channel):
        assert await call(channel) == b"x"
        assert server.calls == 2


async def test_call_that_no_server_processes_fails() -> None:
    async with hostile(*[goaway(0, ErrorCode.NO_ERROR)] * 10) as (server, channel):
        assert (await error_of(channel)).code is StatusCode.UNAVAILABLE
        assert server.calls == 3


@pytest.mark.parametrize("anyio_backend", [("asyncio", {"use_uvloop": True})])
@pytest.mark.parametrize("size", range(len(RESPONSE)))
async def test_response_that_is_cut_at_any_byte_fails_the_call(size: int) -> None:
    async with hostile(RESPONSE[:size], hangs_up=True) as (_, channel):
        assert (await error_of(channel)).code is StatusCode.UNAVAILABLE
