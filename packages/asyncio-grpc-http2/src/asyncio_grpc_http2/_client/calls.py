"""Calls: requests on their way, and what came of their responses."""

import asyncio
from abc import ABC, abstractmethod
from typing import Final, Protocol

from asyncio_grpc_http2._client.connection import ClientConnection
from asyncio_grpc_http2._client.errors import RpcError
from asyncio_grpc_http2._client.options import ChannelOptions
from asyncio_grpc_http2._client.response_status import (
    deadline_error,
    http_error,
    received_metadata,
    reset_error,
    status_error,
)
from asyncio_grpc_http2._grpc.messages import MessageError, MessageReader
from asyncio_grpc_http2._grpc.metadata import Metadata
from asyncio_grpc_http2._http2 import ErrorCode, Headers, Stream
from asyncio_grpc_http2._status import StatusCode

ATTEMPTS_MAX: Final = 3
"""How often a call is sent whose stream the server didn't process."""
NO_HEADERS: Final[Headers] = []


class CallOwner(Protocol):
    """A channel, or the health watch of a connection."""

    options: ChannelOptions
    loop: asyncio.AbstractEventLoop

    def restart_call(self, call: "Call") -> None:
        """Sends a call that the server hasn't processed again, after the event that tells so."""

    def stream_ended(self, connection: ClientConnection | None) -> None:
        """A connection has room for another call."""


class Call(ABC):
    """A call with one request. Its connection calls the methods that tell what came of the response."""

    __slots__ = (
        "_attempts",
        "_connection",
        "_initial",
        "_owner",
        "_reader",
        "_stream",
        "_trailing",
        "block",
        "deadline",
        "ended",
        "request",
    )
    unary = False

    def __init__(
        self, owner: CallOwner, block: bytes, request: bytes, deadline: float | None
    ) -> None:
        self._owner = owner
        self._connection: ClientConnection | None = None
        self._stream: Stream | None = None
        self._reader: MessageReader | None = None
        self._initial = self._trailing = NO_HEADERS
        self._attempts = 1
        self.block = block
        """The header block of the request."""
        self.request = request
        """The request message with its prefix."""
        self.deadline = deadline
        """In the time of the event loop."""
        self.ended = False
        """Whether the call has its outcome. Nothing that comes later changes it."""

    @property
    def initial_metadata(self) -> Metadata:
        """The metadata before the response's messages; empty until it has come."""
        return received_metadata(self._initial)

    @property
    def trailing_metadata(self) -> Metadata:
        """The metadata after the response's messages; empty until the call has ended."""
        return received_metadata(self._trailing)

    def time_remaining(self) -> float | None:
        """Returns the seconds until the deadline, at least 0; None for a call without one."""
        if self.deadline is None:
            return None
        return max(0.0, self.deadline - self._owner.loop.time())

    def cancel(self) -> None:
        """Ends the call and tells the server. Does nothing after the call has ended."""
        if not self.ended:
            self._reset()
            self._cancelled()

    def expire(self) -> None:
        """Ends the call at its deadline and tells the server."""
        self.give_up(deadline_error())

    def give_up(self, error: RpcError) -> None:
        """Ends the call with an error and tells the server."""
        self._reset()
        self.fail(error)

    def fail(self, error: RpcError) -> None:
        """Ends the call with an error, once."""
        if not self.ended:
            self.ended = True
            self._failed(error)

    # --- events of the connection

    def sent(self, connection: ClientConnection, stream: Stream) -> None:
        """Remembers where the call is in progress."""
        self._connection = connection
        self._stream = stream

    def headers_received(self, headers: Headers, *, ended: bool) -> None:
        """Handles the response's headers or trailers; a response without messages has one list for both."""
        if self._initial is NO_HEADERS:
            self._initial = headers
            error = http_error(headers)
            if error is not None and not (ended and headers[0][1] == "200"):
                self.give_up(error)
                return
            if not ended:
                return
        self._trailing = headers
        error = status_error(self._initial, headers)
        if error is not None:
            self._outcome_received(error)
        elif self._reader is not None and self._reader.in_message:
            self._outcome_received(RpcError(StatusCode.INTERNAL, "response ends inside a message"))
        else:
            self._outcome_received(None)

    def data_received(self, data: bytes, *, ended: bool) -> None:
        """Handles a piece of the response's messages."""
        reader = self._reader
        if reader is None:
            reader = self._reader = MessageReader(self._owner.options.message_bytes_max)
        try:
            messages = reader.read(data)
        except MessageError as error:
            self.give_up(RpcError(error.code, error.text))
            return
        if messages:
            self._messages_received(messages)
        if ended:
            self.give_up(RpcError(StatusCode.INTERNAL, "server sent no status"))
        elif reader.missing_bytes and self._connection is not None and self._stream is not None:
            self._connection.connection.expect(self._stream, reader.missing_bytes)

    def reset_received(self, code: ErrorCode | int, *, by_peer: bool) -> None:
        """Handles a reset of the stream; sends the call again if the server hasn't processed it."""
        unprocessed = code == ErrorCode.REFUSED_STREAM and by_peer and self._initial is NO_HEADERS
        if unprocessed and self._attempts < ATTEMPTS_MAX and not self.ended:
            self._attempts += 1
            connection, self._connection, self._stream = self._connection, None, None
            self._owner.stream_ended(connection)
            self._owner.restart_call(self)
        elif code == ErrorCode.CANCEL and self.time_remaining() == 0:
            # The server's timer was faster than this side's.
            self._outcome_received(deadline_error())
        else:
            self._outcome_received(reset_error(code, by_peer=by_peer))

    # ---

    def _outcome_received(self, error: RpcError | None) -> None:
        if self.ended:
            return
        self.ended = True
        # The stream refers to the call.
        self._stream = None
        if error is None:
            self._succeeded()
        else:
            self._failed(error)
        self._owner.stream_ended(self._connection)

    def _reset(self) -> None:
        if self._connection is not None and self._stream is not None:
            self._connection.cancel_stream(self._stream)
            self._stream = None
            self._owner.stream_ended(self._connection)

    @abstractmethod
    def _messages_received(self, messages: list[bytes]) -> None: ...

    @abstractmethod
    def _succeeded(self) -> None: ...

    @abstractmethod
    def _failed(self, error: RpcError) -> None: ...

    @abstractmethod
    def _cancelled(self) -> None: ...
