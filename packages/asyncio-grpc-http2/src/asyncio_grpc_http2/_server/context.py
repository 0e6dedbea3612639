"""The context that a handler gets: metadata, deadline, status and errors of its call."""

from collections.abc import Iterable
from typing import Any, NoReturn

from asyncio_grpc_http2._grpc.metadata import Metadata, MetadataValue, header_fields, metadata_of
from asyncio_grpc_http2._http2 import Headers, Stream
from asyncio_grpc_http2._server.call import Call, CallConnection
from asyncio_grpc_http2._server.methods import Method
from asyncio_grpc_http2._status import StatusCode


class AbortError(Exception):
    """`ServicerContext.abort` raises it to leave the handler."""


class ServicerContext(Call):
    """One call; the subset of `grpc.aio.ServicerContext` that servicers use."""

    __slots__ = ("_code", "_details", "_headers", "_trailing")

    def __init__(
        self, connection: CallConnection, stream: Stream, headers: Headers, method: Method
    ) -> None:
        super().__init__(connection, stream, method)
        self._headers = headers
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
        """Returns the metadata that was set."""
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


def number_of(code: Any) -> int:
    """Returns the number of a `StatusCode` or a `grpc.StatusCode`."""
    value = getattr(code, "value", code)
    return int(value[0] if isinstance(value, tuple) else value)
