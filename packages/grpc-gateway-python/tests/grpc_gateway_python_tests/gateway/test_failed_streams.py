"""Streams whose service responds with an error before the first message."""

import asyncio
import math
from collections.abc import Awaitable, Callable

import pytest
from starlette.types import Message

from asyncio_grpc_http2 import RpcError, StatusCode
from grpc_gateway_python import Gateway, HeaderNames, Limits
from grpc_gateway_python._requests.reader import RpcRequest
from grpc_gateway_python._upstream.event_stream import EventStream
from grpc_gateway_python._upstream.json_lines import stream_lines
from grpc_gateway_python._upstream.streamed_response import StreamedResponse, StreamRules
from grpc_gateway_python_tests.gateway.failing_call import FailingCall

NAMES = HeaderNames(frozenset(), frozenset({"retry-after"}))
LATER = RpcError(
    StatusCode.UNAVAILABLE,
    "later",
    from_server=True,
    initial_metadata=(("retry-after", "7"),),
    trailing_metadata=(("cost", "3"),),
)


async def events(response: StreamedResponse) -> None:
    await EventStream(response, Limits()).serve(token_seconds=math.inf, head=False)


async def lines(response: StreamedResponse) -> None:
    await stream_lines(response, seconds_max=math.inf, silence_seconds_max=math.inf, head=False)


@pytest.mark.parametrize("serve", [events, lines])
def test_error_response_has_the_metadata_of_the_service(
    orders: Gateway, serve: Callable[[StreamedResponse], Awaitable[None]]
) -> None:
    operation = next(found for found in orders.operations if found.http_method == "GET")
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def scenario() -> None:
        rules, rpc = StreamRules(operation, NAMES, "", None), RpcRequest(b"", (), None, b"id")
        await serve(StreamedResponse(rules, FailingCall(LATER), rpc, send))

    asyncio.run(scenario())
    headers = dict(sent[0]["headers"])
    assert sent[0]["status"] == 503
    assert headers[b"retry-after"] == b"7"
    assert headers[b"grpc-trailer-cost"] == b"3"
