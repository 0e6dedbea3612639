"""Streams messages as newline-delimited JSON.

Each line is `{"result": …}`; the last line is `{"error": …}` when the call fails after the first message.
The bytes of google.api.HttpBody messages are concatenated without such lines.
"""

import asyncio
from collections.abc import AsyncGenerator
from typing import Final

from asyncio_grpc_http2 import RpcError
from grpc_gateway_python._requests.headers import NDJSON_TYPE
from grpc_gateway_python._responses.errors import CLOSE, GatewayError, Headers
from grpc_gateway_python._responses.responses import response_content
from grpc_gateway_python._upstream.calls import StreamingCall
from grpc_gateway_python._upstream.streamed_response import StreamedResponse
from grpc_gateway_python.v1.gateway_errors import deadline_exceeded
from rpc_contract.v1.contract_errors import service_unavailable

NDJSON: Final = (b"content-type", NDJSON_TYPE)


class StreamBrokenError(Exception):
    """A stream of bytes failed after it began. Only an aborted connection can signal that to the client."""


async def stream_lines(
    response: StreamedResponse, *, seconds_max: float, silence_seconds_max: float, head: bool
) -> None:
    """Sends the messages of a call.

    Args:
        response: The response of the call.
        seconds_max: How long the stream may last.
        silence_seconds_max: How long the service may send nothing.
        head: Whether the request is a HEAD.

    Raises:
        StreamBrokenError: A stream of bytes failed after its first message.
    """
    raw = response.operation.raw_response
    try:
        async for message in _messages(response.call, seconds_max, silence_seconds_max):
            response.check(message)
            headers, body = response_content(response.operation, message)
            if not response.begun:
                await response.begin(_headers(headers, raw=raw))
            if head:
                break  # a HEAD response has no body, so no flow control would bound the stream
            await response.write(body if raw else b'{"result":%b}\n' % body)
    except (RpcError, GatewayError) as error:
        failed = response.error(error)
        if not response.begun:
            await response.send(failed)
            return
        if raw:
            raise StreamBrokenError(failed.body) from error
        await response.write(b'{"error":%b}\n' % failed.body)
    else:
        if not response.begun:
            await response.begin(_headers([], raw=raw))
    await response.end()


def _headers(content: Headers, *, raw: bool) -> Headers:
    return content if raw else [NDJSON]


async def _messages(
    call: StreamingCall, seconds_max: float, silence_seconds_max: float
) -> AsyncGenerator[bytes, None]:
    """Yields the messages of the service.

    Raises:
        RpcError: The call failed.
        GatewayError: `seconds_max` is over, the service sent nothing for `silence_seconds_max`, or the gateway stops.
    """
    messages = aiter(call)
    loop = asyncio.get_running_loop()
    end = loop.time() + seconds_max
    while True:
        seconds = min(silence_seconds_max, end - loop.time())
        # Reading a message that is there already never waits, so no time-out ends it.
        if seconds <= 0:
            raise GatewayError(deadline_exceeded())
        try:
            async with asyncio.timeout(seconds):
                message = await anext(messages)
        except StopAsyncIteration:
            return
        except TimeoutError:
            raise GatewayError(deadline_exceeded()) from None
        except asyncio.CancelledError:
            task = asyncio.current_task()
            # The gateway stops, and `drain_seconds_max` is over.
            if task is not None and task.cancelling():
                raise GatewayError(service_unavailable(), CLOSE) from None
            raise
        yield message
