"""Reads and validates a request, and builds the RPC's request message, metadata and time-out."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from google.api.httpbody_pb2 import HttpBody
from google.protobuf.message import EncodeError
from starlette.types import Receive, Scope

from grpc_gateway_python._access.operation_callers import OperationCallers
from grpc_gateway_python._limits import Limits
from grpc_gateway_python._requests.bodies import has_content, read_body
from grpc_gateway_python._requests.deadlines import HEADER as TIMEOUT
from grpc_gateway_python._requests.deadlines import Deadline
from grpc_gateway_python._requests.headers import (
    JSON_TYPE,
    NDJSON_TYPE,
    RawHeaders,
    first_values,
    require_json_accepted,
    require_json_body,
)
from grpc_gateway_python._requests.metadata import HeaderNames, Metadata, request_metadata
from grpc_gateway_python._requests.router import Match
from grpc_gateway_python._requests.validation import WHOLE_BODY, RequestValidator
from grpc_gateway_python._responses.errors import GatewayError
from grpc_gateway_python._responses.scope import ADMIT, CALLER, MATCH, REQUEST_ID
from grpc_gateway_python.transcoding import (
    InvalidRequestError,
    Operation,
    Query,
    from_json,
    parse_query,
)
from rpc_access import Caller
from rpc_contract.errors import FieldViolation
from rpc_contract.v1.contract_errors import invalid_request

HEAD: Final = "HEAD"
LARGE_BODY_BYTES: Final = 16 * 1024
"""Larger bodies are parsed on a thread, so that they don't block the event loop."""


@dataclass(slots=True)  # `frozen` makes each instance cost twice as much
class RpcRequest:
    """A request for a service: serialized message, metadata and time-out."""

    message: bytes
    metadata: Metadata
    timeout_seconds: float | None
    """None for a stream without Grpc-Timeout."""
    request_id: bytes
    caller: Caller | None = None
    """The caller that a token names; None without access control, and for a public method."""


@dataclass(slots=True)
class ReceivedRequest:
    """An HTTP request that was received completely."""

    match: Match[Any]
    query_string: bytes
    raw_headers: RawHeaders
    headers: Mapping[bytes, bytes]
    """The first value of each header."""
    body: bytes
    request_id: bytes
    caller: Caller | None


class OperationRequestReader:
    """Reads the requests of one operation."""

    def __init__(
        self,
        operation: Operation,
        validator: RequestValidator | None,
        names: HeaderNames,
        limits: Limits,
        callers: OperationCallers | None = None,
    ) -> None:
        self._operation = operation
        self._callers = callers
        self._validator = validator
        self._names = names
        self._limits = limits
        is_streaming = operation.is_streaming
        self._content_type = NDJSON_TYPE if is_streaming else JSON_TYPE
        self._deadline_seconds = None if is_streaming else limits.deadline_seconds
        self._deadline_seconds_max = (
            limits.stream_deadline_seconds_max if is_streaming else limits.deadline_seconds_max
        )
        # With `body: "*"` the validator names each missing member instead.
        demanded = operation.body != WHOLE_BODY and validator is not None and validator.demands_body
        self._demanded_body = (
            FieldViolation(operation.body or "", "is required") if demanded else None
        )

    async def read(self, scope: Scope, receive: Receive) -> RpcRequest:
        """Reads a request and returns the RPC request.

        Raises:
            GatewayError: The request is invalid, or too many requests are in progress.
            ClientGoneError: The client closed its connection.
        """
        raw = scope["headers"]
        headers = first_values(raw)
        if not self._operation.raw_response:
            require_json_accepted(headers, raw, self._content_type)
        deadline = Deadline.of(headers.get(TIMEOUT), self._deadline_seconds_max)
        text = b""
        if self._operation.body is not None:
            if not self._operation.raw_body and has_content(headers):
                require_json_body(headers)
            text = await self._text(receive, headers, deadline)
        scope[ADMIT]()
        received = ReceivedRequest(
            *(scope[MATCH], scope["query_string"], raw, headers, text, scope[REQUEST_ID]),
            caller=scope.get(CALLER),
        )
        if len(text) > LARGE_BODY_BYTES:
            message = await asyncio.to_thread(self._message, received, large=True)
        else:
            message = self._message(received, large=False)
        return self._rpc_request(received, message, deadline)

    def read_received(self, received: ReceivedRequest) -> RpcRequest:
        """Returns the RPC request of a small request that was received completely.

        Raises:
            GatewayError: The request is invalid.
        """
        raw, headers = received.raw_headers, received.headers
        if not self._operation.raw_response:
            require_json_accepted(headers, raw, self._content_type)
        deadline = Deadline.of(headers.get(TIMEOUT), self._deadline_seconds_max)
        if self._operation.body is not None and not self._operation.raw_body and received.body:
            require_json_body(headers)
        return self._rpc_request(received, self._message(received, large=False), deadline)

    def _rpc_request(
        self, received: ReceivedRequest, message: bytes, deadline: Deadline | None
    ) -> RpcRequest:
        own: Sequence[tuple[str, str]] = ()
        if self._callers is not None:
            self._callers.check_request(received.caller, message)
            own = self._callers.metadata(received.caller)
        return RpcRequest(
            message,
            request_metadata(received.raw_headers, self._names, received.request_id, own),
            self._deadline_seconds if deadline is None else deadline.seconds_left(),
            received.request_id,
            received.caller,
        )

    async def _text(
        self, receive: Receive, headers: Mapping[bytes, bytes], deadline: Deadline | None
    ) -> bytes:
        limits = self._limits
        seconds = left = limits.body_seconds_max
        if deadline is not None:
            seconds, left = min(seconds, deadline.seconds), min(left, deadline.seconds_left())
        return await read_body(
            receive,
            headers,
            bytes_max=limits.body_bytes_max,
            seconds_max=seconds,
            seconds_left=left,
        )

    def _message(self, received: ReceivedRequest, *, large: bool) -> bytes:
        operation = self._operation
        text = received.body
        try:
            captures = received.match.captures()
            query = parse_query(received.query_string)
            absent = not text or text.isspace()
            body = self._body(received.headers, text, absent=absent)
            if large and not absent:
                # Parse first: the parser stops at the first error, while each error of the validator copies the body.
                message = operation.read(captures, query, body)
                self._validate(captures, query, received.raw_headers, body)
                return message
            self._validate(captures, query, received.raw_headers, body)
            if absent and self._demanded_body:
                raise GatewayError(invalid_request().with_violations([self._demanded_body]))
            return operation.read(captures, query, body)
        except UnicodeDecodeError:
            violation = FieldViolation("", "must have a path of percent-encoded UTF-8")
            raise GatewayError(invalid_request().with_violations([violation])) from None
        except EncodeError as error:  # required fields of proto2 are missing
            names = str(error).rpartition(": ")[2].split(",")
            missing = [FieldViolation(name, "is required") for name in names]
            raise GatewayError(invalid_request().with_violations(missing)) from None
        except InvalidRequestError as error:
            raise GatewayError(invalid_request().with_violations(error.violations)) from None

    def _validate(
        self, captures: list[str], query: Query, headers: RawHeaders, body: object
    ) -> None:
        if self._validator is None:
            return
        error = self._validator.problem(captures, query, headers, body, self._operation.body)
        if error is not None:
            raise error

    def _body(self, headers: Mapping[bytes, bytes], text: bytes, *, absent: bool) -> object:
        if self._operation.body is None:
            return None
        if self._operation.raw_body:
            content_type = headers.get(b"content-type", b"").decode("latin-1")
            return HttpBody(content_type=content_type, data=text)
        return from_json(self._operation.empty_body if absent else text)
