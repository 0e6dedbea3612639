"""Calls of grpcio's client."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import grpc
import pytest

from asyncio_grpc_http2_tests.server.serving import SERVICE, serving

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.usefixtures("late_events_of_grpcio_are_dropped"),
]
SECONDS_MAX = 20


async def error_of(call: Any) -> grpc.aio.AioRpcError:
    with pytest.raises(grpc.aio.AioRpcError) as raised:
        await call
    return raised.value


@pytest.mark.parametrize("size", [0, 1, 16_379, 16_380, 70_000, 4 * 1024 * 1024])
async def test_message_of_any_size_comes_back(size: int) -> None:
    async with serving() as here:
        request = bytes(range(256)) * (size // 256) + bytes(size % 256)
        assert await here.call("echo", request) == request


async def test_many_calls_share_a_connection() -> None:
    async with serving() as here:
        requests = [b"%d" % number * 100 for number in range(300)]
        assert (
            await asyncio.gather(*[here.call("echo", request) for request in requests]) == requests
        )


async def test_large_requests_at_once_all_arrive() -> None:
    async with serving() as here:
        requests = [bytes([number]) * 3_000_000 for number in range(30)]
        assert (
            await asyncio.gather(*[here.call("echo", request) for request in requests]) == requests
        )


async def test_text_and_binary_metadata_is_sent_in_both_directions() -> None:
    async with serving() as here:
        sent = (("test-text", "a b~"), ("test-some-bin", bytes(range(256))), ("test-text", "c"))
        call = here.call("metadata", metadata=sent)
        assert await call == b""
        initial: Any = [tuple(entry) for entry in await call.initial_metadata()]
        assert sorted(initial) == sorted(sent)  # grpcio groups entries by name
        trailing = [tuple(entry) for entry in await call.trailing_metadata()]
        assert trailing == [("test-trailing-bin", b"\0\xff")]


@pytest.mark.parametrize("text", ["gone", "100% größer\n", "\t ", "x" * 5000])
async def test_abort_sends_code_message_and_details(text: str) -> None:
    async with serving() as here:
        error = await error_of(here.call("abort", text.encode()))
        assert error.code() == grpc.StatusCode.NOT_FOUND
        assert error.details() == text[:4096]
        trailing = dict(error.trailing_metadata())
        assert trailing["grpc-status-details-bin"] == b"\x08\x05"


async def test_exception_of_a_handler_is_unknown_and_its_text_stays_in_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with serving() as here:
        error = await error_of(here.call("fail"))
        assert (error.code(), error.details()) == (grpc.StatusCode.UNKNOWN, "the handler failed")
        assert "a secret" in caplog.text


async def test_unknown_method_is_unimplemented() -> None:
    async with serving() as here:
        error = await error_of(here.call("nothing"))
        assert error.code() == grpc.StatusCode.UNIMPLEMENTED


async def test_request_above_the_limit_is_rejected() -> None:
    async with serving(message_bytes_max=1000) as here:
        assert await here.call("echo", bytes(1000)) == bytes(1000)
        error = await error_of(here.call("echo", bytes(1001)))
        assert error.code() == grpc.StatusCode.RESOURCE_EXHAUSTED
        assert "1001 bytes exceeds the limit of 1000" in str(error.details())


async def test_metadata_above_the_limit_is_rejected_and_the_connection_stays() -> None:
    async with serving(metadata_bytes_max=16_384) as here:
        error = await error_of(here.call("echo", metadata=(("test-large", "x" * 20_000),)))
        assert error.code() == grpc.StatusCode.RESOURCE_EXHAUSTED
        assert await here.call("echo", b"next") == b"next"


async def test_compressed_request_is_unimplemented() -> None:
    async with serving() as here:
        error = await error_of(here.call("echo", b"x" * 1000, compression=grpc.Compression.Gzip))
        assert error.code() == grpc.StatusCode.UNIMPLEMENTED


async def test_deadline_ends_the_call_and_cancels_its_handler() -> None:
    async with serving() as here, asyncio.timeout(SECONDS_MAX):
        error = await error_of(here.call("wait", timeout=0.2))
        assert error.code() == grpc.StatusCode.DEADLINE_EXCEEDED
        await here.servicer.cancelled.wait()


async def test_cancellation_cancels_the_handler() -> None:
    async with serving() as here, asyncio.timeout(SECONDS_MAX):
        call = here.call("wait")
        await here.servicer.began.wait()
        call.cancel()
        await here.servicer.cancelled.wait()


async def test_lost_connection_cancels_its_handlers() -> None:
    async with serving() as here, asyncio.timeout(SECONDS_MAX):
        call = here.call("wait")
        await here.servicer.began.wait()
        await here.channel.close()
        await here.servicer.cancelled.wait()
        assert call.cancelled()


async def test_calls_above_the_limit_are_rejected_or_wait_for_a_stream() -> None:
    async with serving(maximum_concurrent_rpcs=1) as here, asyncio.timeout(SECONDS_MAX):
        first = here.call("wait", b"first")
        await here.servicer.began.wait()
        async with grpc.aio.insecure_channel(here.address) as other:
            echo: Any = other.unary_unary(f"/{SERVICE}/echo")
            error = await error_of(echo(b""))
            assert error.code() == grpc.StatusCode.RESOURCE_EXHAUSTED
        # The client knows the limit of its connection, and waits.
        second = here.call("echo", b"second")
        here.servicer.release.set()
        assert [await first, await second] == [b"first", b"second"]


async def test_server_stream_ends_with_its_status() -> None:
    async with serving() as here:
        assert [len(message) async for message in here.stream("count", b"300")] == list(range(300))


async def test_writer_of_a_stream_waits_for_a_slow_reader_and_is_cancelled_with_it() -> None:
    async with serving() as here, asyncio.timeout(SECONDS_MAX):
        call = here.stream("pour", b"100000")
        for _ in range(100):
            assert len(await call.read()) == 100_000
        call.cancel()
        await here.servicer.cancelled.wait()


async def test_client_stream_and_both_streams() -> None:
    async def requests() -> AsyncIterator[bytes]:
        for size in (0, 1, 70_000, 3_000_000):
            yield bytes(size)

    async with serving() as here, asyncio.timeout(SECONDS_MAX):
        total = await here.channel.stream_unary(f"/{SERVICE}/sum")(requests())
        assert total == b"3070001"
        chat = here.channel.stream_stream(f"/{SERVICE}/chat")()
        for word in (b"one", b"two"):
            await chat.write(word)
            assert await chat.read() == b"you said " + word
        await chat.done_writing()
        assert await chat.read() == grpc.aio.EOF


async def test_peer_and_remaining_time() -> None:
    seen = []

    async with serving() as here:

        async def note(request: bytes, context: Any) -> bytes:
            seen.append((context.peer(), context.time_remaining()))
            return b""

        handler: Any = grpc.unary_unary_rpc_method_handler(note)
        generic = grpc.method_handlers_generic_handler("other.Service", {"Note": handler})
        here.server.add_generic_rpc_handlers((generic,))
        note_rpc = here.channel.unary_unary("/other.Service/Note")
        await note_rpc(b"", timeout=30)
        await note_rpc(b"")
    (peer, remaining), (_, none) = seen
    assert peer.startswith("ipv4:127.0.0.1:")
    # gRPC sends a deadline of 10 s or more rounded up to 0.1 s.
    assert 25 < remaining <= 30.1
    assert none is None
