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
from grpc_gateway_python._requests.headers import RawHeaders
from grpc_gateway_python._requests.metadata import HeaderNames, Metadata
from grpc_gateway_python._requests.request_head import RequestHead
from grpc_gateway_python._requests.router import Match
from grpc_gateway_python._requests.validation import WHOLE_BODY, RequestValidator
from grpc_gateway_python._responses.errors import GatewayError
from grpc_gateway_python._responses.request_ids import HEADER as REQUEST_ID_HEADER
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
REQUEST_ID_KEY: Final = REQUEST_ID_HEADER.decode()
LAST_EVENT_ID: Final = b"last-event-id"
"""The id of the last event that a client received (https://html.spec.whatwg.org/multipage/server-sent-events.html)."""
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
    head: RequestHead
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
        self._reads_json = operation.body is not None and not operation.raw_body
        is_streaming = operation.is_streaming
        self._requires_json = not (is_streaming or operation.raw_response)
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
            GatewayError: The request is invalid, or too many requests are in progress; streams don't count as such.
            ClientGoneError: The client closed its connection.
        """
        head = RequestHead.of(scope["headers"])
        headers = head.first
        if self._requires_json:
            head.require_json_accepted()
        deadline = Deadline.of(headers.get(TIMEOUT), self._deadline_seconds_max)
        text = b""
        if self._operation.body is not None:
            if not self._operation.raw_body and has_content(headers):
                head.require_json()
            text = await self._text(receive, headers, deadline)
        if not self._operation.is_streaming:
            scope[ADMIT]()
        received = ReceivedRequest(
            match=scope[MATCH],
            query_string=scope["query_string"],
            head=head,
            body=text,
            request_id=scope[REQUEST_ID],
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
        head = received.head
        if not head.accepts_json and self._requires_json:
            head.require_json_accepted()
        deadline: Deadline | None = None
        if TIMEOUT in head.first:
            deadline = Deadline.of(head.first[TIMEOUT], self._deadline_seconds_max)
        if received.body and not head.sends_json and self._reads_json:
            head.require_json()
        return self._rpc_request(received, self._message(received, large=False), deadline)

    def _rpc_request(
        self, received: ReceivedRequest, message: bytes, deadline: Deadline | None
    ) -> RpcRequest:
        own: Sequence[tuple[str, str]] = ()
        request_id = received.request_id
        callers, caller = self._callers, received.caller
        if callers is not None and caller is not None:
            if callers.requests_have_owner:
                callers.check_request(caller, message)
            own = callers.metadata(caller)
        return RpcRequest(
            message,
            (
                (REQUEST_ID_KEY, request_id.decode("ascii")),
                *own,
                *received.head.metadata(self._names),
            ),
            self._deadline_seconds if deadline is None else deadline.seconds_left(),
            request_id,
            caller,
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
            match = received.match
            captures = match.captures() if match.target.captures else []
            query = parse_query(received.query_string) if received.query_string else {}
            if operation.last_event_id:
                self._add_last_event_id(query, received.head.first)
            absent = not text or text.isspace()
            body = None
            if operation.body is not None:
                body = self._body(received.head.first, text, absent=absent)
            if large and not absent:
                # Parse first: the parser stops at the first error, while each error of the validator copies the body.
                message = operation.read(captures, query, body)
                self._validate(captures, query, received.head.raw, body)
                return message
            self._validate(captures, query, received.head.raw, body)
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

    def _add_last_event_id(self, query: Query, headers: Mapping[bytes, bytes]) -> None:
        """Sets the parameter with the id from the header, which is newer than that of the URL."""
        last_id = headers.get(LAST_EVENT_ID)
        if last_id is None:
            return
        try:
            query[self._operation.last_event_id] = [last_id.decode()]
        except UnicodeDecodeError:
            violation = FieldViolation(LAST_EVENT_ID.decode(), "must be UTF-8")
            raise GatewayError(invalid_request().with_violations([violation])) from None

    def _validate(
        self, captures: list[str], query: Query, headers: RawHeaders, body: object
    ) -> None:
        if self._validator is None:
            return
        error = self._validator.error(captures, query, headers, body, self._operation.body)
        if error is not None:
            raise error

    def _body(self, headers: Mapping[bytes, bytes], text: bytes, *, absent: bool) -> object:
        if self._operation.raw_body:
            content_type = headers.get(b"content-type", b"").decode("latin-1")
            return HttpBody(content_type=content_type, data=text)
        return from_json(self._operation.empty_body if absent else text)
