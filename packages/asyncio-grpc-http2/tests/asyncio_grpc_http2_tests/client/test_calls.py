"""Calls to a server of grpcio: messages, metadata, statuses, deadlines, cancellation and flow control."""

import asyncio
import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from asyncio_grpc_http2 import Channel, ChannelOptions, RpcError, StatusCode, UnaryCall
from asyncio_grpc_http2_tests.client.grpcio_server import (
    LARGE_BYTES,
    SERVICE,
    Service,
    grpcio_server,
)

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.usefixtures("late_events_of_grpcio_are_dropped"),
]
SECONDS = 10.0
FULL_WINDOW_SECONDS = 0.5


@asynccontextmanager
async def connected(
    options: ChannelOptions | None = None,
) -> AsyncIterator[tuple[Service, Channel]]:
    async with grpcio_server() as (service, target), Channel(target, options=options) as channel:
        yield service, channel


@pytest.mark.parametrize("size", [0, 1, 16_379, 16_380, 65_530, 65_531, LARGE_BYTES])
async def test_messages_of_any_size_pass(size: int) -> None:
    async with connected() as (_, channel):
        echo = channel.unary(f"/{SERVICE}/Echo")
        message = bytes(range(256)) * (size // 256) + b"x" * (size % 256)
        assert await echo(message, timeout=SECONDS) == message


async def test_many_calls_share_the_connection() -> None:
    async with connected() as (_, channel):
        echo = channel.unary(f"/{SERVICE}/Echo")
        messages = [b"%d" % number * 2_000 for number in range(500)]
        assert (
            await asyncio.gather(*[echo(message, timeout=SECONDS) for message in messages])
            == messages
        )


async def test_metadata_is_forwarded_in_both_directions() -> None:
    async with connected() as (service, channel):
        call = channel.unary(f"/{SERVICE}/Describe")(
            b"", timeout=SECONDS, metadata=(("colour", "blue"), ("raw-bin", b"\x00\xff"))
        )
        assert await call == b"done"
        assert call.initial_metadata == (("first", "1"), ("first-bin", b"\x00\xff"))
        assert call.trailing_metadata == (("last", "2"), ("last-bin", b"\x01"))
        assert ("colour", "blue") in service.metadata
        assert ("raw-bin", b"\x00\xff") in service.metadata


@pytest.mark.parametrize(
    "entry",
    [("Colour", "x"), ("grpc-x", "x"), ("te", "x"), ("a b", "x"), ("a", "x\r\ny: 1"), ("a", "ü")],
)
async def test_invalid_metadata_is_rejected(entry: tuple[str, str]) -> None:
    async with connected() as (_, channel):
        with pytest.raises(ValueError, match="metadata"):
            channel.unary(f"/{SERVICE}/Echo")(b"", metadata=(entry,))


async def test_status_of_the_server_reaches_the_caller() -> None:
    async with connected() as (_, channel):
        with pytest.raises(RpcError) as caught:
            await channel.unary(f"/{SERVICE}/Fail")(b"", timeout=SECONDS)
    error = caught.value
    assert (error.code, error.message) == (StatusCode.NOT_FOUND, "kein Glück, 100 % ☹")
    assert error.from_server
    assert error.trailing_metadata == (("why", "asked for"),)


async def test_unknown_method_is_unimplemented() -> None:
    async with connected() as (_, channel):
        with pytest.raises(RpcError) as caught:
            await channel.unary(f"/{SERVICE}/Nothing")(b"", timeout=SECONDS)
    assert caught.value.code is StatusCode.UNIMPLEMENTED


@pytest.mark.parametrize("seconds", [-1.0, 0.0, 0.1])
async def test_call_ends_at_its_deadline(seconds: float) -> None:
    async with connected() as (_, channel):
        call = channel.unary(f"/{SERVICE}/Wait")(b"", timeout=seconds)
        with pytest.raises(RpcError) as caught:
            await call
        assert caught.value.code is StatusCode.DEADLINE_EXCEEDED
        assert call.time_remaining() == 0


async def test_cancelled_task_cancels_the_call_at_the_server() -> None:
    async with connected() as (service, channel):

        async def wait() -> None:
            await channel.unary(f"/{SERVICE}/Wait")(b"")

        task = asyncio.create_task(wait())
        await asyncio.wait_for(service.began.wait(), SECONDS)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await asyncio.wait_for(service.cancelled.wait(), SECONDS)


async def test_cancelled_call_raises_cancelled_error() -> None:
    async with connected() as (service, channel):
        call = channel.unary(f"/{SERVICE}/Wait")(b"")
        await asyncio.wait_for(service.began.wait(), SECONDS)
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        await asyncio.wait_for(service.cancelled.wait(), SECONDS)


async def test_on_end_gets_the_outcome_of_a_call() -> None:
    async with connected() as (_, channel):
        ended: asyncio.Queue[UnaryCall] = asyncio.Queue()
        channel.unary(f"/{SERVICE}/Echo")(b"x", timeout=SECONDS, on_end=ended.put_nowait)
        call = await asyncio.wait_for(ended.get(), SECONDS)
        assert (call.message, call.error) == (b"x", None)
        channel.unary(f"/{SERVICE}/Fail")(b"", timeout=SECONDS, on_end=ended.put_nowait)
        call = await asyncio.wait_for(ended.get(), SECONDS)
        assert call.message is None
        assert call.error is not None
        assert call.error.from_server


async def test_on_end_is_not_called_after_cancel() -> None:
    async with connected() as (service, channel):
        ended: list[UnaryCall] = []
        call = channel.unary(f"/{SERVICE}/Wait")(b"", on_end=ended.append)
        await asyncio.wait_for(service.began.wait(), SECONDS)
        call.cancel()
        await asyncio.wait_for(service.cancelled.wait(), SECONDS)
        assert not ended
        assert call.ended


@pytest.mark.parametrize("method", ["Echo", "Fail"])
async def test_calls_leave_no_reference_cycles(method: str) -> None:
    """Cycles would pause all calls whenever the garbage collector frees them."""
    async with connected() as (_, channel):
        ended = asyncio.Event()
        gc.collect()
        gc.set_debug(gc.DEBUG_SAVEALL)
        try:
            options: Any = {"on_end": lambda _: ended.set()}
            channel.unary(f"/{SERVICE}/{method}")(b"", **options)
            await asyncio.wait_for(ended.wait(), SECONDS)
            gc.collect()
            assert not [left for left in gc.garbage if isinstance(left, UnaryCall | RpcError)]
        finally:
            gc.set_debug(0)
            gc.garbage.clear()


async def test_streamed_messages_come_in_order_and_end() -> None:
    async with connected() as (_, channel):
        call = channel.streaming(f"/{SERVICE}/Count")(b"100", timeout=SECONDS)
        numbers = [int(message.rstrip(b"x")) async for message in call]
        assert numbers == list(range(100))
        assert call.initial_metadata == (("first", "1"),)


async def test_server_waits_for_a_caller_that_does_not_read() -> None:
    async with connected() as (service, channel):
        call = channel.streaming(f"/{SERVICE}/Count")(b"1000")
        await anext(call)
        sent = -1
        while sent != service.sent:
            sent = service.sent
            await asyncio.sleep(FULL_WINDOW_SECONDS)
        assert sent < 100
        for _ in range(50):
            await anext(call)
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await anext(call)
        await asyncio.wait_for(service.cancelled.wait(), SECONDS)


async def test_stream_that_fails_yields_its_messages_first() -> None:
    async with connected() as (_, channel):
        call = channel.streaming(f"/{SERVICE}/Broken")(b"", timeout=SECONDS)
        assert len(await anext(call)) == LARGE_BYTES
        with pytest.raises(RpcError) as caught:
            await anext(call)
        assert caught.value.code is StatusCode.DATA_LOSS


async def test_response_above_the_limit_fails_the_call() -> None:
    async with connected(ChannelOptions(message_bytes_max=1000)) as (_, channel):
        with pytest.raises(RpcError) as caught:
            await channel.unary(f"/{SERVICE}/Echo")(b"x" * 1001, timeout=SECONDS)
        assert caught.value.code is StatusCode.RESOURCE_EXHAUSTED
        assert await channel.unary(f"/{SERVICE}/Echo")(b"x" * 1000, timeout=SECONDS)


async def test_calls_above_the_servers_stream_limit_wait() -> None:
    options = (("grpc.max_concurrent_streams", 2),)
    async with (
        grpcio_server(options=options) as (_, target),
        Channel(target, options=ChannelOptions(waiting_calls_max=2)) as channel,
    ):
        await channel.unary(f"/{SERVICE}/Echo")(b"", timeout=SECONDS)
        blocking = [channel.unary(f"/{SERVICE}/Wait")(b"") for _ in range(2)]
        waiting = [channel.unary(f"/{SERVICE}/Echo")(b"%d" % number) for number in range(2)]
        with pytest.raises(RpcError, match="too many calls wait"):
            await channel.unary(f"/{SERVICE}/Echo")(b"")
        blocking[0].cancel()
        assert await asyncio.wait_for(asyncio.gather(*waiting), SECONDS) == [b"0", b"1"]


async def test_closed_channel_cancels_its_calls() -> None:
    async with connected() as (service, channel):
        call = channel.unary(f"/{SERVICE}/Wait")(b"")
        await asyncio.wait_for(service.began.wait(), SECONDS)
        await channel.close()
        with pytest.raises(RpcError) as caught:
            await call
        assert caught.value.code is StatusCode.CANCELLED
        await asyncio.wait_for(service.cancelled.wait(), SECONDS)
        with pytest.raises(RpcError, match="channel was closed"):
            await channel.unary(f"/{SERVICE}/Echo")(b"")
