"""What a handler knows of its call, and can say besides its response."""

import asyncio
from collections.abc import Iterable
from typing import Any, NoReturn, Protocol

from asyncio_grpc_http2._grpc.messages import MessageReader, frame
from asyncio_grpc_http2._grpc.metadata import Metadata, MetadataValue, header_fields, metadata_of
from asyncio_grpc_http2._grpc.status_fields import status_fields
from asyncio_grpc_http2._http2 import Connection, ErrorCode, Headers, Stream, encode_headers
from asyncio_grpc_http2._server.methods import Method
from asyncio_grpc_http2._server.requests import Requests
from asyncio_grpc_http2._status import StatusCode

RESPONSE_FIELDS = [(":status", "200"), ("content-type", "application/grpc")]
RESPONSE_BLOCK = encode_headers(RESPONSE_FIELDS)
OK_BLOCK = encode_headers(status_fields(StatusCode.OK, ""))
DEADLINE_SECONDS_MAX = 30 * 24 * 3600.0
"""Deadlines farther away expire then."""
ENDED = object()
"""`Stream.call` of a call that has no handler, or whose handler has returned."""


class AbortError(Exception):
    """`ServicerContext.abort` raises it to leave the handler."""


class CallConnection(Protocol):
    """The connection of a call."""

    connection: Connection
    loop: asyncio.AbstractEventLoop

    def peer(self) -> str:
        """Returns the client's address."""

    def add_deadline(self, call: "ServicerContext", deadline: float) -> None:
        """Ends a call at this time of the event loop."""

    def remove_running(self, call: "ServicerContext") -> None:
        """Stops counting a call as running."""


class ServicerContext:
    """One call; the subset of `grpc.aio.ServicerContext` that servicers use."""

    __slots__ = (
        "_code",
        "_connection",
        "_deadline",
        "_details",
        "_flushed",
        "_headers",
        "_headers_sent",
        "_initial",
        "_trailing",
        "ended",
        "method",
        "reader",
        "received",
        "requests",
        "started",
        "stream",
        "task",
    )

    def __init__(
        self, connection: CallConnection, stream: Stream, headers: Headers, method: Method
    ) -> None:
        self._connection = connection
        self._headers = headers
        self.stream = stream
        self.method = method
        self.reader: MessageReader | None = None
        self.received: list[bytes] = []
        self.requests: Requests | None = None
        self.task: asyncio.Task[None] | None = None
        self.started = False
        """The handler runs, or has run."""
        self.ended = False
        """The status was sent, or the client doesn't wait for it any more."""
        self._deadline: float | None = None
        self._flushed: asyncio.Future[None] | None = None
        self._headers_sent = False
        self._initial: Metadata = ()
        self._trailing: Metadata = ()
        self._code: int | None = None
        self._details = ""

    # --- the client

    def invocation_metadata(self) -> Metadata:
        """Returns the client's metadata. If it is invalid, the call ends.

        Raises:
            AbortError: a binary value isn't base64.
        """
        try:
            return metadata_of(self._headers)
        except ValueError as error:
            self.end(StatusCode.INTERNAL, str(error))
            raise AbortError(str(error)) from None

    def peer(self) -> str:
        """Returns the client's address, as grpcio writes it: `ipv4:127.0.0.1:50000`."""
        return self._connection.peer()

    def time_remaining(self) -> float | None:
        """Returns the seconds until the client's deadline, or None if it has none."""
        if self._deadline is None:
            return None
        return max(0.0, self._deadline - self._connection.loop.time())

    def cancelled(self) -> bool:
        """Returns whether the call has ended before its handler."""
        return self.ended

    def done(self) -> bool:
        """Returns whether the call has ended."""
        return self.ended

    # --- the response

    async def send_initial_metadata(self, initial_metadata: Iterable[tuple[str, Any]]) -> None:
        """Sends metadata before the response.

        Raises:
            ValueError: a name or value isn't allowed.
        """
        if self._headers_sent:
            raise RuntimeError("initial metadata was sent already")
        self._send_headers(header_fields(initial_metadata))

    def set_trailing_metadata(self, trailing_metadata: Iterable[tuple[str, MetadataValue]]) -> None:
        """Sets the metadata that is sent with the status."""
        self._trailing = tuple(trailing_metadata)

    def trailing_metadata(self) -> Metadata:
        """Returns what was set."""
        return self._trailing

    def set_code(self, code: Any) -> None:
        """Sets the status code, a `StatusCode` or `grpc.StatusCode`."""
        self._code = number_of(code)

    def code(self) -> int:
        """Returns the code that was set, or 0."""
        return self._code or 0

    def set_details(self, details: str) -> None:
        """Sets the status message."""
        self._details = details

    def details(self) -> str:
        """Returns the message that was set."""
        return self._details

    async def abort(
        self, code: Any, details: str = "", trailing_metadata: Iterable[tuple[str, Any]] = ()
    ) -> NoReturn:
        """Ends the call with an error.

        Raises:
            AbortError: always.
        """
        number = number_of(code)
        if number == StatusCode.OK:
            raise ValueError("a call isn't aborted with OK")
        trailing = tuple(trailing_metadata) or self._trailing
        self.end(number, details or self._details, trailing)
        raise AbortError(details)

    async def abort_with_status(self, status: Any) -> NoReturn:
        """Ends the call with a `grpc.Status`, as `grpc_status.rpc_status.to_status` makes it.

        Raises:
            AbortError: always.
        """
        await self.abort(status.code, status.details, status.trailing_metadata or ())

    async def write(self, message: Any) -> None:
        """Sends one response of a stream, and waits while the client reads slower."""
        self._send_message(self.method.serialize(message), end=False)
        if self.stream.unsent:
            self._flushed = self._connection.loop.create_future()
            await self._flushed

    def flushed(self) -> None:
        """Lets `write` return."""
        if self._flushed and not self._flushed.done():
            self._flushed.set_result(None)

    def respond(self, response: bytes) -> None:
        """Sends the response of a unary call with its status."""
        if self._code or self._trailing or self._details:
            if not self._code:
                self._send_message(response, end=False)
            self.end(self._code or 0, self._details, self._trailing)
        else:
            self._send_message(response, end=True)

    def finish(self) -> None:
        """Sends the status of a stream."""
        self.end(self._code or 0, self._details, self._trailing)

    def end(self, code: int, details: str, trailing: Iterable[tuple[str, Any]] = ()) -> None:
        """Sends a status, unless the call has ended."""
        if self.ended:
            return
        fields = status_fields(code, details)
        try:
            fields += header_fields(trailing)
        except ValueError as error:
            fields = status_fields(StatusCode.INTERNAL, str(error))
        if not self._headers_sent:
            fields = RESPONSE_FIELDS + fields
        self.ended = True
        self._connection.connection.sender.headers(self.stream, encode_headers(fields), end=True)

    def set_deadline(self, seconds: float) -> None:
        """Ends the call after this time."""
        connection = self._connection
        self._deadline = connection.loop.time() + min(seconds, DEADLINE_SECONDS_MAX)
        connection.add_deadline(self, self._deadline)

    def client_left(self) -> None:
        """Cancels the handler: the client doesn't wait for the response."""
        self.ended = True
        if self.task:
            self.task.cancel()
            if not self.started:  # the task ends without running `run`
                self._connection.remove_running(self)

    def expire(self) -> None:
        """Ends the call, and cancels its handler."""
        stream = self.stream
        if stream.unsent:
            # The client doesn't read, so the status would wait behind the data for ever.
            self._connection.connection.reset(stream, ErrorCode.CANCEL)
        else:
            self.end(StatusCode.DEADLINE_EXCEEDED, "the deadline has passed")
        self.client_left()

    def _send_headers(self, fields: list[tuple[str, str]]) -> None:
        if not self.ended:
            self._headers_sent = True
            block = encode_headers(RESPONSE_FIELDS + fields)
            self._connection.connection.sender.headers(self.stream, block)

    def _send_message(self, message: bytes, *, end: bool) -> None:
        if self.ended:
            return
        connection = self._connection.connection
        block = b"" if self._headers_sent else RESPONSE_BLOCK
        self._headers_sent = True
        if end:
            self.ended = True
            sent = connection.sender.message(self.stream, block, frame(message), OK_BLOCK, end=True)
        else:
            sent = connection.sender.message(self.stream, block, frame(message))
        if not sent:
            connection.reset(self.stream, ErrorCode.ENHANCE_YOUR_CALM)
            self.client_left()


def number_of(code: Any) -> int:
    """Returns the number of a `StatusCode` or a `grpc.StatusCode`."""
    value = getattr(code, "value", code)
    return int(value[0] if isinstance(value, tuple) else value)
