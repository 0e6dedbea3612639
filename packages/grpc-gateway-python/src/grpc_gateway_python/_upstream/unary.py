"""Serves an operation with a single response."""

import asyncio
from typing import Final, Protocol

from starlette.types import Receive, Scope, Send

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


class Responder(Protocol):
    """Sends the response to one request."""

    def respond(self, response: Response) -> None:
        """Sends the response."""

    def fail(self, error: Exception) -> None:
        """Sends the response to a GatewayError, or handles an unexpected error, such as a message that isn't valid."""


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
        self.call = call
        self.safe = operation.http_method == SAFE
        self._operation = operation
        self._reader = reader
        self._names = names
        self._callers = callers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves a request.

        Raises:
            GatewayError: The request is rejected.
            ClientGoneError: The client closed its connection.
        """
        rpc = await self._reader.read(scope, receive)
        responder = _Awaited()
        call = ServiceCall(self, rpc, responder)
        call.start(rpc.timeout_seconds)
        with DisconnectWatch(responder.response, receive) as watch:
            try:
                response = await responder.response
            except asyncio.CancelledError:
                call.cancel()
                if watch.gone:
                    raise ClientGoneError from None
                raise
        await response.send(send)

    def read(self, received: ReceivedRequest) -> RpcRequest:
        """Returns the RPC request of a small request that was received completely.

        Raises:
            GatewayError: The request is invalid.
        """
        return self._reader.read_received(received)

    def response_to(self, call: UnaryCall, rpc: RpcRequest) -> Response:
        """Returns the response to a call that has ended, also to an error of the service.

        Raises:
            AccessError: The response is another caller's.
        """
        operation, error, message = self._operation, call.error, call.message or b""
        if error is not None:
            response = rpc_error_response(
                error, call.time_remaining(), operation.write_detail, self.domain
            )
            self._add_metadata(response, error.initial_metadata, error.trailing_metadata)
        else:
            if self._callers is not None:
                self._callers.check_response(rpc.caller, rpc.message, message)
            response = Response(operation.status, *response_content(operation, message))
            self._add_metadata(response, call.initial_metadata, call.trailing_metadata)
        return response

    def _add_metadata(
        self, response: Response, initial: ReceivedMetadata, trailing: ReceivedMetadata
    ) -> None:
        if initial:
            response.headers += response_headers(initial, self._names)
        if trailing:
            response.headers += response_headers(trailing, self._names, TRAILER_PREFIX)


class ServiceCall:
    """The call to a service that one request makes; it is repeated once when the transport fails a safe one.

    A responder is called instead of awaited: a task and a future for each request cost as much as the call itself.
    """

    __slots__ = ("_call", "_endpoint", "_repeats", "_responder", "_rpc")

    def __init__(self, endpoint: UnaryEndpoint, rpc: RpcRequest, responder: Responder) -> None:
        self._endpoint = endpoint
        self._rpc = rpc
        self._responder = responder
        self._repeats = endpoint.safe
        self._call: UnaryCall | None = None

    def start(self, seconds: float | None) -> None:
        """Starts the call with a time-out in seconds. The responder may be called before this method returns."""
        rpc = self._rpc
        try:
            self._call = self._endpoint.call(
                rpc.message, metadata=rpc.metadata, timeout=seconds, on_end=self._ended
            )
        except Exception as unexpected:  # noqa: BLE001 - the responder logs it
            self._responder.fail(unexpected)

    def cancel(self) -> None:
        """Ends the call; the responder isn't called any more."""
        if self._call is not None:
            self._call.cancel()

    def _ended(self, call: UnaryCall) -> None:
        error = call.error
        if error is not None and self._repeats:
            seconds = call.time_remaining() or 0.0
            if was_lost(error, seconds):
                self._repeats = False
                self.start(seconds)
                return
        try:
            response = self._endpoint.response_to(call, self._rpc)
        except Exception as failure:  # noqa: BLE001 - the responder logs it
            self._responder.fail(failure)
        else:
            self._responder.respond(response)


class _Awaited:
    """A responder for a task that awaits the response."""

    def __init__(self) -> None:
        self.response: asyncio.Future[Response] = asyncio.get_running_loop().create_future()

    def respond(self, response: Response) -> None:
        if not self.response.done():
            self.response.set_result(response)

    def fail(self, error: Exception) -> None:
        if not self.response.done():
            self.response.set_exception(error)
