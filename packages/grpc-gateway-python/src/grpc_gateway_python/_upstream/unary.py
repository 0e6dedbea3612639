"""Serves an operation with a single response."""

import asyncio
from typing import Final

from starlette.types import Receive, Scope, Send

from asyncio_grpc_http2 import RpcError
from grpc_gateway_python._access.operation_callers import OperationCallers
from grpc_gateway_python._requests.metadata import (
    TRAILER_PREFIX,
    HeaderNames,
    ReceivedMetadata,
    response_headers,
)
from grpc_gateway_python._requests.reader import (
    OperationRequestReader,
    ReceivedRequest,
    RpcRequest,
)
from grpc_gateway_python._responses.errors import ClientGoneError
from grpc_gateway_python._responses.responses import Response, response_content
from grpc_gateway_python._upstream.calls import UnaryCall, UnaryMethod
from grpc_gateway_python._upstream.disconnects import DisconnectWatch
from grpc_gateway_python._upstream.rpc_errors import rpc_error_response
from grpc_gateway_python._upstream.transport_errors import was_lost
from grpc_gateway_python.transcoding import Operation

SAFE: Final = "GET"
"""The method whose calls are repeated once when the transport fails: they change nothing (RFC 9110, section 9.2.2)."""


class UnaryEndpoint:
    """The endpoint of one operation."""

    def __init__(
        self,
        operation: Operation,
        reader: OperationRequestReader,
        call: UnaryMethod,
        names: HeaderNames,
        *,
        domain: str,
        callers: OperationCallers | None = None,
    ) -> None:
        self.domain = domain
        self._operation = operation
        self._reader = reader
        self._call = call
        self._names = names
        self._callers = callers
        self._safe = operation.http_method == SAFE

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves a request.

        Raises:
            GatewayError: The request is rejected.
            ClientGoneError: The client closed its connection.
        """
        rpc = await self._reader.read(scope, receive)
        response = await self.respond(rpc, receive)
        await response.send(send)

    def read(self, received: ReceivedRequest) -> RpcRequest:
        """Returns the RPC request of a small request that was received completely.

        Raises:
            GatewayError: The request is invalid.
        """
        return self._reader.read_received(received)

    async def respond(self, rpc: RpcRequest, receive: Receive | None = None) -> Response:
        """Calls the service and returns the response, also to an error of the service.

        Args:
            rpc: The request for the service.
            receive: The ASGI function that tells when the client disconnects; None when the task is cancelled then.

        Raises:
            AccessError: The response is somebody else's.
            ClientGoneError: The client closed its connection.
        """
        seconds = rpc.timeout_seconds
        repeats = self._safe
        while True:
            call = self._call(rpc.message, metadata=rpc.metadata, timeout=seconds)
            try:
                return await self._success(call, rpc, receive)
            except RpcError as error:
                seconds = call.time_remaining() or 0.0
                if not (repeats and was_lost(error, seconds)):
                    response = rpc_error_response(
                        error, seconds, self._operation.write_detail, self.domain
                    )
                    return self._with_metadata(
                        response, error.initial_metadata, error.trailing_metadata
                    )
                repeats = False

    async def _success(self, call: UnaryCall, rpc: RpcRequest, receive: Receive | None) -> Response:
        data = await (call if receive is None else _watched(call, receive))
        if self._callers is not None:
            self._callers.check_response(rpc.caller, rpc.message, data)
        response = Response(self._operation.status, *response_content(self._operation, data))
        return self._with_metadata(response, call.initial_metadata, call.trailing_metadata)

    def _with_metadata(
        self, response: Response, initial: ReceivedMetadata, trailing: ReceivedMetadata
    ) -> Response:
        response.headers.extend(response_headers(initial, self._names))
        response.headers.extend(response_headers(trailing, self._names, TRAILER_PREFIX))
        return response


async def _watched(call: UnaryCall, receive: Receive) -> bytes:
    with DisconnectWatch(call, receive) as watch:
        try:
            return await call
        except asyncio.CancelledError:
            if watch.gone:
                raise ClientGoneError from None
            call.cancel()
            raise
