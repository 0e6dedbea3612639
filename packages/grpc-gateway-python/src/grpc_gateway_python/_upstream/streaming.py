"""Serves an operation with streamed responses as newline-delimited JSON.

Each line is `{"result": …}`; the last line is `{"error": …}` when the call fails after the first message.
The bytes of google.api.HttpBody messages are concatenated without such lines.
"""

import asyncio
from collections.abc import AsyncGenerator
from typing import Final

from starlette.types import Receive, Scope, Send

from asyncio_grpc_http2 import RpcError
from grpc_gateway_python._access.access_log import ACCESS_LOG
from grpc_gateway_python._access.errors import AccessError
from grpc_gateway_python._access.operation_callers import OperationCallers
from grpc_gateway_python._requests.headers import NDJSON_TYPE
from grpc_gateway_python._requests.metadata import HeaderNames, response_headers
from grpc_gateway_python._requests.reader import HEAD, OperationRequestReader, RpcRequest
from grpc_gateway_python._responses.error_responses import error_response
from grpc_gateway_python._responses.errors import CLOSE, ClientGoneError, GatewayError, Headers
from grpc_gateway_python._responses.responses import Response, response_content
from grpc_gateway_python._upstream.calls import StreamingCall, StreamingMethod
from grpc_gateway_python._upstream.disconnects import DisconnectWatch
from grpc_gateway_python._upstream.rpc_errors import rpc_error_response
from grpc_gateway_python.transcoding import Operation
from grpc_gateway_python.v1.gateway_errors import deadline_exceeded
from rpc_contract.v1.contract_errors import service_unavailable

NDJSON: Final = (b"content-type", NDJSON_TYPE)


class StreamBrokenError(Exception):
    """A stream of bytes failed after it began. Only an aborted connection can signal that to the client."""


class StreamingEndpoint:
    """The endpoint of one operation.

    It reads the next message from the service after it has written the previous one to the client, so
    gRPC's flow control slows the service down to the speed of the client.
    """

    def __init__(
        self,
        operation: Operation,
        reader: OperationRequestReader,
        call: StreamingMethod,
        names: HeaderNames,
        *,
        silence_seconds_max: float,
        domain: str,
        callers: OperationCallers | None = None,
    ) -> None:
        self._domain = domain
        self._operation = operation
        self._reader = reader
        self._call = call
        self._names = names
        self._callers = callers
        self._silence_seconds_max = silence_seconds_max

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves a request.

        Raises:
            GatewayError: The request is rejected.
            ClientGoneError: The client closed its connection.
        """
        rpc = await self._reader.read(scope, receive)
        call = self._call(rpc.message, metadata=rpc.metadata, timeout=rpc.timeout_seconds)
        with DisconnectWatch(call, receive) as watch:
            try:
                await self._stream(call, rpc, send, head=scope["method"] == HEAD)
            except asyncio.CancelledError:
                if watch.gone:
                    raise ClientGoneError from None
                raise
            finally:
                call.cancel()

    async def _stream(
        self, call: StreamingCall, rpc: RpcRequest, send: Send, *, head: bool
    ) -> None:
        raw = self._operation.raw_response
        begun = False
        try:
            async for data in self._messages(call):
                if self._callers is not None:
                    self._callers.check_response(rpc.caller, rpc.message, data)
                headers, body = response_content(self._operation, data)
                if not begun:
                    await self._begin(call, send, headers)
                    begun = True
                if head:
                    break  # a HEAD response has no body, so no flow control would bound the stream
                await _send(send, body if raw else b'{"result":%b}\n' % body)
        except (RpcError, GatewayError) as error:
            response = self._respond(error, rpc, call.time_remaining())
            if not begun:
                await response.send(send)
                return
            if raw:
                raise StreamBrokenError(response.body) from error
            await _send(send, b'{"error":%b}\n' % response.body)
        else:
            if not begun:
                await self._begin(call, send, [])
        await send({"type": "http.response.body", "body": b""})

    async def _messages(self, call: StreamingCall) -> AsyncGenerator[bytes, None]:
        """Yields the messages of the service.

        Raises:
            RpcError: The call failed.
            GatewayError: The service sent nothing for `silence_seconds_max`, or the gateway stops.
        """
        messages = aiter(call)
        while True:
            try:
                async with asyncio.timeout(self._silence_seconds_max):
                    data = await anext(messages)
            except StopAsyncIteration:
                return
            except TimeoutError:
                raise GatewayError(deadline_exceeded()) from None
            except asyncio.CancelledError:
                task = asyncio.current_task()
                if (
                    task is not None and task.cancelling()
                ):  # the gateway stops, and `drain_seconds_max` is over
                    raise GatewayError(service_unavailable(), CLOSE) from None
                raise
            yield data

    def _respond(
        self, error: RpcError | GatewayError, rpc: RpcRequest, seconds_left: float | None
    ) -> Response:
        if isinstance(error, AccessError):
            ACCESS_LOG.rejected(error, rpc.request_id)
        if isinstance(error, GatewayError):
            return error_response(error, self._domain)
        return rpc_error_response(error, seconds_left, self._operation.write_detail, self._domain)

    async def _begin(self, call: StreamingCall, send: Send, content: Headers) -> None:
        headers = response_headers(call.initial_metadata, self._names)
        headers += content if self._operation.raw_response else [NDJSON]
        await send(
            {"type": "http.response.start", "status": self._operation.status, "headers": headers}
        )


async def _send(send: Send, chunk: bytes) -> None:
    await send({"type": "http.response.body", "body": chunk, "more_body": True})
