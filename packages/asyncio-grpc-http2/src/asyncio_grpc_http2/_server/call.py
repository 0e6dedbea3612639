"""A call as its connection sees it: sends responses and the status, and ends at the deadline or with the client."""

import asyncio
from collections.abc import Iterable
from typing import Any, Protocol

from asyncio_grpc_http2._grpc.messages import MessageReader, frame
from asyncio_grpc_http2._grpc.metadata import header_fields
from asyncio_grpc_http2._grpc.status_fields import status_fields
from asyncio_grpc_http2._http2 import Connection, ErrorCode, Stream, encode_headers
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


class CallConnection(Protocol):
    """The connection of a call."""

    connection: Connection
    loop: asyncio.AbstractEventLoop

    def peer(self) -> str:
        """Returns the client's address."""

    def add_deadline(self, call: "Call", deadline: float) -> None:
        """Ends a call at this time of the event loop."""

    def remove_running(self, call: "Call") -> None:
        """Stops counting a call as running."""


class Call:
    """One call, from its first headers to its status."""

    __slots__ = (
        "_connection",
        "_deadline",
        "_flushed",
        "_headers_sent",
        "ended",
        "method",
        "reader",
        "received",
        "requests",
        "started",
        "stream",
        "task",
    )

    def __init__(self, connection: CallConnection, stream: Stream, method: Method) -> None:
        self._connection = connection
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
