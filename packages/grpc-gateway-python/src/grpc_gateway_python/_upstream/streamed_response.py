"""The response to one request whose method streams its messages, in any format."""

from dataclasses import dataclass

from starlette.types import Send

from asyncio_grpc_http2 import RpcError
from grpc_gateway_python._access.access_log import ACCESS_LOG
from grpc_gateway_python._access.errors import AccessError
from grpc_gateway_python._access.operation_callers import OperationCallers
from grpc_gateway_python._requests.metadata import TRAILER_PREFIX, HeaderNames, response_headers
from grpc_gateway_python._requests.reader import RpcRequest
from grpc_gateway_python._responses.error_responses import error_response
from grpc_gateway_python._responses.errors import GatewayError, Headers
from grpc_gateway_python._responses.responses import Response
from grpc_gateway_python._upstream.calls import StreamingCall
from grpc_gateway_python._upstream.rpc_errors import rpc_error_response
from grpc_gateway_python.transcoding import Operation


@dataclass(frozen=True, slots=True)
class StreamRules:
    """What the responses of one operation have in common."""

    operation: Operation
    names: HeaderNames
    domain: str
    callers: OperationCallers | None


class StreamedResponse:
    """Checks the messages of a call, and sends what a format makes of them."""

    def __init__(
        self, rules: StreamRules, call: StreamingCall, rpc: RpcRequest, send: Send
    ) -> None:
        self.call = call
        self.operation = rules.operation
        self.begun = False
        """Whether the status has been sent."""
        self._rules = rules
        self._rpc = rpc
        self._send = send

    def check(self, message: bytes) -> None:
        """Checks the owner that a message names.

        Raises:
            AccessError: It is another caller.
        """
        if self._rules.callers is not None:
            self._rules.callers.check_response(self._rpc.caller, self._rpc.message, message)

    def error(self, error: RpcError | GatewayError) -> Response:
        """Returns the response to a request that failed. After the status was sent, only its body can be sent."""
        if isinstance(error, AccessError):
            ACCESS_LOG.rejected(error, self._rpc.request_id)
        if isinstance(error, GatewayError):
            return error_response(error, self._rules.domain)
        response = rpc_error_response(
            error, self.call.time_remaining(), self.operation.write_detail, self._rules.domain
        )
        names = self._rules.names
        response.headers += response_headers(error.initial_metadata, names)
        response.headers += response_headers(error.trailing_metadata, names, TRAILER_PREFIX)
        return response

    async def send(self, response: Response) -> None:
        """Sends a complete response instead of a stream."""
        self.begun = True
        await response.send(self._send)

    async def begin(self, content: Headers) -> None:
        """Sends the status, the service's metadata and these headers."""
        self.begun = True
        headers = response_headers(self.call.initial_metadata, self._rules.names)
        status = self.operation.status
        await self._send(
            {"type": "http.response.start", "status": status, "headers": [*headers, *content]}
        )

    async def write(self, chunk: bytes) -> None:
        """Sends a part of the body, and waits while the client reads more slowly."""
        await self._send({"type": "http.response.body", "body": chunk, "more_body": True})

    async def end(self) -> None:
        """Ends the body."""
        await self._send({"type": "http.response.body", "body": b""})
