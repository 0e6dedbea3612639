"""Serves an operation with a single response."""

import asyncio
from abc import ABC, abstractmethod
from typing import Final

from starlette.types import Receive, Scope, Send

from grpc_gateway_python._access.operation_callers import OperationCallers
from grpc_gateway_python._requests.metadata import (
    TRAILER_PREFIX,
    HeaderNames,
    ReceivedMetadata,
    response_headers,
)
from grpc_gateway_python._requests.reader import OperationRequestReader, RpcRequest
from grpc_gateway_python._responses.errors import ClientGoneError
from grpc_gateway_python._responses.responses import (
    JSON,
    Response,
    responds_json,
    response_content,
)
from grpc_gateway_python._upstream.calls import UnaryCall, UnaryMethod
from grpc_gateway_python._upstream.disconnects import DisconnectWatch
from grpc_gateway_python._upstream.rpc_errors import rpc_error_response
from grpc_gateway_python._upstream.transport_errors import was_lost
from grpc_gateway_python.transcoding import Operation

LOCATION: Final = b"location"
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
        self.call = call
        self.safe = operation.http_method == SAFE
        self._operation = operation
        self._responds_json = responds_json(operation)
        self._reader = reader
        self.read = reader.read_received
        """Returns the RPC request of a small request that was received completely; raises GatewayError."""
        self._names = names
        self._callers = callers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves a request.

        Raises:
            GatewayError: The request is rejected.
            ClientGoneError: The client closed its connection.
        """
        rpc = await self._reader.read(scope, receive)
        call = _AwaitedCall(self, rpc)
        call.start_call(rpc.timeout_seconds)
        with DisconnectWatch(call.response, receive) as watch:
            try:
                response = await call.response
            except asyncio.CancelledError:
                call.cancel_call()
                if watch.gone:
                    raise ClientGoneError from None
                raise
        await response.send(send)

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
            callers = self._callers
            if callers is not None and rpc.caller is not None and callers.responses_have_owner:
                callers.check_response(rpc.caller, rpc.message, message)
            if self._responds_json:
                response = Response(operation.status, [JSON], operation.write(message))
            else:
                response = Response(operation.status, *response_content(operation, message))
            if operation.locate is not None:
                response.headers.append((LOCATION, operation.locate(message).encode()))
            initial, trailing = call.initial_metadata, call.trailing_metadata
            if initial or trailing:
                self._add_metadata(response, initial, trailing)
        return response

    def _add_metadata(
        self, response: Response, initial: ReceivedMetadata, trailing: ReceivedMetadata
    ) -> None:
        if initial:
            response.headers += response_headers(initial, self._names)
        if trailing:
            response.headers += response_headers(trailing, self._names, TRAILER_PREFIX)


class ServiceCall(ABC):
    """The call to a service that one request makes; it is repeated once when the transport fails a safe one.

    The outcome is passed to `respond` or `fail`; awaiting it would need a task and a future, which cost as much as the
    call.
    """

    def __init__(self, endpoint: UnaryEndpoint, rpc: RpcRequest) -> None:
        self._endpoint = endpoint
        self._rpc = rpc
        self._repeats = endpoint.safe
        self._call: UnaryCall | None = None

    def start_call(self, seconds: float | None) -> None:
        """Starts the call with a time-out in seconds. The call may end before this method returns."""
        rpc = self._rpc
        try:
            self._call = self._endpoint.call(
                rpc.message, metadata=rpc.metadata, timeout=seconds, on_end=self._call_ended
            )
        except Exception as unexpected:  # noqa: BLE001 - `fail` logs it
            self.fail(unexpected)

    def cancel_call(self) -> None:
        """Ends the call without a response."""
        if self._call is not None:
            self._call.cancel()

    def _call_ended(self, call: UnaryCall) -> None:
        error = call.error
        if error is not None and self._repeats:
            seconds = call.time_remaining() or 0.0
            if was_lost(error, seconds):
                self._repeats = False
                self.start_call(seconds)
                return
        try:
            response = self._endpoint.response_to(call, self._rpc)
        except Exception as failure:  # noqa: BLE001 - `fail` logs it
            self.fail(failure)
        else:
            self.respond(response)

    @abstractmethod
    def respond(self, response: Response) -> None:
        """Sends the response."""

    @abstractmethod
    def fail(self, error: Exception) -> None:
        """Sends the response to a GatewayError, or handles an unexpected error, such as a message that isn't valid."""


class _AwaitedCall(ServiceCall):
    """A call whose response a task awaits."""

    def __init__(self, endpoint: UnaryEndpoint, rpc: RpcRequest) -> None:
        super().__init__(endpoint, rpc)
        self.response: asyncio.Future[Response] = asyncio.get_running_loop().create_future()

    def respond(self, response: Response) -> None:
        """Ends the wait."""
        if not self.response.done():
            self.response.set_result(response)

    def fail(self, error: Exception) -> None:
        """Raises the error in the task."""
        if not self.response.done():
            self.response.set_exception(error)
