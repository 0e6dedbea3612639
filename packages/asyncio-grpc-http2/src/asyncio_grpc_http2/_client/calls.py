"""Calls: a request in progress, and the outcome of its response."""

import asyncio
from abc import ABC, abstractmethod
from typing import Final, Protocol

from asyncio_grpc_http2._client.connection import ClientConnection
from asyncio_grpc_http2._client.errors import RpcError
from asyncio_grpc_http2._client.options import ChannelOptions
from asyncio_grpc_http2._client.response_status import (
    HTTP_OK,
    deadline_error,
    http_error,
    meaning_of,
    reset_error,
    status_error,
)
from asyncio_grpc_http2._grpc.messages import MessageError, MessageReader
from asyncio_grpc_http2._grpc.metadata import Metadata
from asyncio_grpc_http2._http2 import ErrorCode, Headers, Stream
from asyncio_grpc_http2._status import StatusCode

ATTEMPTS_MAX: Final = 3
"""How often a call is sent whose stream the server didn't process."""
NO_HEADERS: Final = Headers()


class CallOwner(Protocol):
    """A channel, or the health watch of a connection."""

    options: ChannelOptions
    loop: asyncio.AbstractEventLoop

    def restart_call(self, call: "Call") -> None:
        """Sends a call that the server hasn't processed again, after the event that tells so."""

    def stream_ended(self, connection: ClientConnection | None) -> None:
        """A connection has room for another call."""


class Call(ABC):
    """A call with one request. Its connection reports each event of the response, such as `headers_received`."""

    __slots__ = (
        "_attempts",
        "_initial",
        "_owner",
        "_reader",
        "_trailing",
        "block",
        "connection",
        "deadline",
        "ended",
        "request",
        "stream",
    )
    unary = False

    def __init__(
        self, owner: CallOwner, block: bytes, request: bytes, deadline: float | None
    ) -> None:
        self._owner = owner
        self._reader: MessageReader | None = None
        self._initial = self._trailing = NO_HEADERS
        self._attempts = 1
        self.connection: ClientConnection | None = None
        self.stream: Stream | None = None
        """Where the call is in progress."""
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
        return meaning_of(self._initial).metadata

    @property
    def trailing_metadata(self) -> Metadata:
        """The metadata after the response's messages; empty until the call has ended."""
        return meaning_of(self._trailing).metadata

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

    def headers_received(self, headers: Headers, *, ended: bool) -> None:
        """Handles the response's headers or trailers; a response without messages has one list for both."""
        meaning = meaning_of(headers)
        if self._initial is NO_HEADERS:
            self._initial = headers
            if not meaning.is_grpc and not (ended and headers[0] == HTTP_OK):
                self.give_up(http_error(headers))
                return
            if not ended:
                return
        self._trailing = headers
        if not meaning.is_ok:
            self._outcome_received(status_error(self._initial, headers))
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
        elif reader.missing_bytes and self.connection is not None and self.stream is not None:
            self.connection.connection.expect(self.stream, reader.missing_bytes)

    def reset_received(self, code: ErrorCode | int, *, by_peer: bool) -> None:
        """Handles a reset of the stream; sends the call again if the server hasn't processed it."""
        unprocessed = code == ErrorCode.REFUSED_STREAM and by_peer and self._initial is NO_HEADERS
        if unprocessed and self._attempts < ATTEMPTS_MAX and not self.ended:
            self._attempts += 1
            connection, self.connection, self.stream = self.connection, None, None
            self._owner.stream_ended(connection)
            self._owner.restart_call(self)
        elif code == ErrorCode.CANCEL and self.time_remaining() == 0:
            # The server has reset the stream at the deadline, before the timer of this side.
            self._outcome_received(deadline_error())
        else:
            self._outcome_received(reset_error(code, by_peer=by_peer))

    # ---

    def _outcome_received(self, error: RpcError | None) -> None:
        if self.ended:
            return
        self.ended = True
        # The stream refers to the call: without this, both would be a reference cycle.
        self.stream = None
        if error is None:
            self._succeeded()
        else:
            self._failed(error)
        self._owner.stream_ended(self.connection)

    def _reset(self) -> None:
        if self.connection is not None and self.stream is not None:
            self.connection.cancel_stream(self.stream)
            self.stream = None
            self._owner.stream_ended(self.connection)

    @abstractmethod
    def _messages_received(self, messages: list[bytes]) -> None: ...

    @abstractmethod
    def _succeeded(self) -> None: ...

    @abstractmethod
    def _failed(self, error: RpcError) -> None: ...

    @abstractmethod
    def _cancelled(self) -> None: ...
