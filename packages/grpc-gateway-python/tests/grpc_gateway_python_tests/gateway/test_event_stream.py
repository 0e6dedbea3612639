"""The end of a stream of server-sent events whose service always has a next message."""

import asyncio
import math

import pytest
from starlette.types import Message

from grpc_gateway_python import Gateway, HeaderNames, Limits
from grpc_gateway_python._requests.reader import RpcRequest
from grpc_gateway_python._upstream.event_stream import EventStream
from grpc_gateway_python._upstream.streamed_response import StreamedResponse, StreamRules
from grpc_gateway_python_tests.gateway.endless_call import EndlessCall

SECONDS_MAX = 10.0
SHORT_SECONDS = 0.05
LONG_SECONDS = 600.0


@pytest.mark.parametrize(
    ("stream_seconds_max", "token_seconds", "stops"),
    [
        (SHORT_SECONDS, math.inf, False),
        (LONG_SECONDS, SHORT_SECONDS, False),
        (LONG_SECONDS, -SHORT_SECONDS, False),
        (LONG_SECONDS, math.inf, True),
    ],
    ids=[
        *("after its time", "when the token expires", "when the token has expired"),
        "when the gateway stops",
    ],
)
def test_stream_of_a_service_that_never_pauses_ends(
    orders: Gateway, stream_seconds_max: float, token_seconds: float, stops: bool
) -> None:
    operation = next(found for found in orders.operations if found.http_method == "GET")
    rules = StreamRules(operation, HeaderNames(frozenset(), frozenset()), "", None)
    last: Message = {}

    async def send(message: Message) -> None:
        nonlocal last
        last = message

    async def serve() -> None:
        rpc = RpcRequest(b"", (), None, b"id")
        response = StreamedResponse(rules, EndlessCall(), rpc, send)
        stream = EventStream(response, Limits(stream_seconds_max=stream_seconds_max))
        if stops:
            asyncio.get_running_loop().call_later(SHORT_SECONDS, stream.stop)
        async with asyncio.timeout(SECONDS_MAX):
            await stream.serve(token_seconds=token_seconds, head=False)

    asyncio.run(serve())
    assert last == {"type": "http.response.body", "body": b""}
