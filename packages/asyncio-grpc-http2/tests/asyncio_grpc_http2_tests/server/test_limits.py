"""What the server does to a peer that exceeds a bound, as a socket sees it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from asyncio_grpc_http2._grpc.messages import frame
from asyncio_grpc_http2._http2 import ErrorCode, encode_headers, frames
from asyncio_grpc_http2_tests.server.serving import SERVICE, Serving, serving

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.usefixtures("late_events_of_grpcio_are_dropped"),
]
SECONDS_MAX = 30


def request(path: str, *extra: tuple[str, str]) -> bytes:
    return encode_headers(
        [
            (":method", "POST"),
            (":scheme", "http"),
            (":path", path),
            ("te", "trailers"),
            ("content-type", "application/grpc"),
            *extra,
        ]
    )


WAIT = request(f"/{SERVICE}/wait")
ECHO = request(f"/{SERVICE}/echo")
MESSAGE = b"\0\0\0\0\1x"


class Peer:
    """A client that sends raw frames."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    def send(self, data: bytes) -> None:
        self._writer.write(data)

    async def frame(self, kind: int) -> tuple[int, int, bytes]:
        """Returns the flags, the stream id and the payload of the next frame of a type."""
        while True:
            head = await self._reader.readexactly(9)
            payload = await self._reader.readexactly(int.from_bytes(head[:3], "big"))
            if head[3] == kind:
                return head[4], int.from_bytes(head[5:], "big"), payload

    async def goaway(self) -> ErrorCode:
        """Returns the code of GOAWAY, after which the server closes."""
        _, _, payload = await self.frame(frames.GOAWAY)
        assert await self._reader.read() == b""
        return ErrorCode(int.from_bytes(payload[4:8], "big"))

    async def reset(self, stream_id: int) -> ErrorCode:
        """Returns the code of RST_STREAM."""
        _, found, payload = await self.frame(frames.RST_STREAM)
        assert found == stream_id
        return ErrorCode(int.from_bytes(payload, "big"))


@asynccontextmanager
async def raw_peer(**options: Any) -> AsyncIterator[tuple[Serving, Peer]]:
    async with serving(**options) as here, asyncio.timeout(SECONDS_MAX):
        host, port = here.address.split(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        peer = Peer(reader, writer)
        peer.send(frames.PREFACE + frames.settings_frame({}))
        try:
            yield here, peer
        finally:
            writer.close()


PING = frames.ping(bytes(8))


@pytest.mark.parametrize(
    "flood",
    [
        PING,
        frames.settings_frame({4: 65_535}),
        frames.frame_header(5, frames.PRIORITY, 0, 1) + bytes(5),
        frames.frame_header(0, 0x7F, 0, 0),
    ],
    ids=["PING", "SETTINGS", "PRIORITY", "unknown"],
)
async def test_flood_of_frames_without_data_ends_the_connection(flood: bytes) -> None:
    async with raw_peer() as (_, peer):
        peer.send(flood * 3000)
        assert await peer.goaway() == ErrorCode.ENHANCE_YOUR_CALM


async def test_flood_of_empty_data_ends_the_connection() -> None:
    async with raw_peer() as (_, peer):
        peer.send(frames.headers_frames(1, ECHO, end_stream=False))
        peer.send(frames.frame_header(0, frames.DATA, 0, 1) * 3000)
        assert await peer.goaway() == ErrorCode.ENHANCE_YOUR_CALM


async def test_rapid_reset_ends_the_connection_and_leaves_no_handler() -> None:
    async with raw_peer() as (here, peer):
        for number in range(1, 2400, 2):
            peer.send(frames.headers_frames(number, WAIT, end_stream=False))
            peer.send(frames.frame_header(6, frames.DATA, 1, number) + MESSAGE)
            peer.send(frames.rst_stream(number, ErrorCode.CANCEL))
        assert await peer.goaway() == ErrorCode.ENHANCE_YOUR_CALM
        assert await here.call("echo", b"another client") == b"another client"


async def test_flood_of_continuation_ends_the_connection() -> None:
    async with raw_peer() as (_, peer):
        peer.send(frames.frame_header(len(ECHO), frames.HEADERS, 0, 1) + ECHO)
        peer.send(frames.frame_header(1, frames.CONTINUATION, 0, 1) * 1 + b"\x82")
        peer.send((frames.frame_header(1, frames.CONTINUATION, 0, 1) + b"\x82") * 40)
        assert await peer.goaway() == ErrorCode.ENHANCE_YOUR_CALM


async def test_client_is_served_while_requests_of_another_one_are_unfinished() -> None:
    async with raw_peer(maximum_concurrent_rpcs=8) as (here, peer):
        body = b"\0" + (1_000_000).to_bytes(4, "big") + bytes(1_000_000)
        for stream_id in range(1, 17, 2):
            peer.send(frames.headers_frames(stream_id, ECHO, end_stream=False))
            for start in range(0, 60_000, 10_000):
                part = body[start : start + 10_000]
                peer.send(frames.frame_header(len(part), frames.DATA, 0, stream_id) + part)
        # As many requests as there may be RPCs have begun and none has ended.
        assert await here.call("echo", bytes(500_000)) == bytes(500_000)


async def test_connection_of_a_peer_that_never_reads_its_responses_is_ended(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("asyncio_grpc_http2._http2.protocol.WRITE_STALL_SECONDS_MAX", 0.2)
    async with raw_peer() as (here, peer):
        # The windows let everything through, so that only the socket holds the server up.
        peer.send(frames.settings_frame({frames.SETTINGS_INITIAL_WINDOW_SIZE: frames.WINDOW_MAX}))
        peer.send(frames.window_update(0, frames.WINDOW_MAX - 65_535))
        peer.send(frames.headers_frames(1, request(f"/{SERVICE}/pour"), end_stream=False))
        peer.send(frames.frame_header(11, frames.DATA, 1, 1) + frame(b"100000"))
        await here.servicer.cancelled.wait()
        assert await here.call("echo", b"x") == b"x"


async def test_data_beyond_the_window_resets_the_stream() -> None:
    async with raw_peer() as (_, peer):
        peer.send(frames.headers_frames(1, request(f"/{SERVICE}/chat"), end_stream=False))
        block = frame(bytes(16_379))
        for _ in range(5):
            peer.send(frames.frame_header(16_384, frames.DATA, 0, 1) + block)
        assert await peer.reset(1) == ErrorCode.FLOW_CONTROL_ERROR


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ([(":method", "GET"), (":scheme", "http"), (":path", "/")], "405"),
        ([(":method", "POST"), (":scheme", "http"), (":path", "/")], "415"),
        (
            [
                *((":method", "POST"), (":scheme", "http"), (":path", "/")),
                ("content-type", "application/json"),
            ],
            "415",
        ),
    ],
)
async def test_request_that_is_not_grpc_gets_an_http_status(
    headers: list[tuple[str, str]], status: str
) -> None:
    async with raw_peer() as (_, peer):
        peer.send(frames.headers_frames(1, encode_headers(headers), end_stream=True))
        flags, _, block = await peer.frame(frames.HEADERS)
        assert flags & frames.END_STREAM
        assert status.encode() in block


async def test_bytes_that_are_not_http2_close_the_connection() -> None:
    async with serving() as here, asyncio.timeout(SECONDS_MAX):
        host, port = here.address.split(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(b"GET / HTTP/1.1\r\nHost: here\r\n\r\n")
        assert b"no HTTP/2 preface" in await reader.read()
        writer.close()


async def test_invalid_timeout_and_binary_metadata_are_errors_of_the_call() -> None:
    async with raw_peer() as (_, peer):
        invalid = [("grpc-timeout", "soon"), ("test-bin", "???")]
        for stream_id, field in zip((1, 3), invalid, strict=True):
            path = f"/{SERVICE}/metadata"
            peer.send(frames.headers_frames(stream_id, request(path, field), end_stream=False))
            peer.send(frames.frame_header(6, frames.DATA, 1, stream_id) + MESSAGE)
            flags, found, block = await peer.frame(frames.HEADERS)
            assert (flags & frames.END_STREAM, found) == (frames.END_STREAM, stream_id)
            assert b"grpc-status\x0213" in block
