"""The end of newline-delimited JSON whose service always has a next message."""

import asyncio
import json
import math

from starlette.types import Message

from grpc_gateway_python import Gateway, HeaderNames
from grpc_gateway_python._requests.reader import RpcRequest
from grpc_gateway_python._upstream.json_lines import stream_lines
from grpc_gateway_python._upstream.streamed_response import StreamedResponse, StreamRules
from grpc_gateway_python_tests.gateway.endless_call import EndlessCall

SHORT_SECONDS = 0.05


def test_lines_of_a_service_that_never_pauses_end_with_an_error(orders: Gateway) -> None:
    operation = next(found for found in orders.operations if found.http_method == "GET")
    rules = StreamRules(operation, HeaderNames(frozenset(), frozenset()), "", None)
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def serve() -> None:
        rpc = RpcRequest(b"", (), None, b"id")
        response = StreamedResponse(rules, EndlessCall(), rpc, send)
        await stream_lines(
            response, seconds_max=SHORT_SECONDS, silence_seconds_max=math.inf, head=False
        )

    asyncio.run(serve())
    assert json.loads(sent[1]["body"]) == {"result": {"orders": []}}
    assert json.loads(sent[-2]["body"])["error"]["details"][0]["reason"] == "DEADLINE_EXCEEDED"
    assert sent[-1] == {"type": "http.response.body", "body": b""}
