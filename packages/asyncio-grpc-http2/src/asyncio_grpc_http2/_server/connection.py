"""The calls of one client: starts handlers as requests come, and ends calls that the client leaves."""

from functools import partial

from asyncio_grpc_http2._grpc.messages import (
    PREFIX_BYTES,
    MessageError,
    MessageReader,
    is_one_message,
)
from asyncio_grpc_http2._grpc.timeouts import parse_timeout
from asyncio_grpc_http2._http2 import ErrorCode, Headers, Stream
from asyncio_grpc_http2._server.call import ENDED, Call
from asyncio_grpc_http2._server.context import ServicerContext
from asyncio_grpc_http2._server.handlers import run
from asyncio_grpc_http2._server.lifetime import DrainingConnection
from asyncio_grpc_http2._server.methods import Method
from asyncio_grpc_http2._server.rejections import http_rejection, status_rejection
from asyncio_grpc_http2._server.requests import Requests
from asyncio_grpc_http2._status import StatusCode


class ServerConnection(DrainingConnection):
    """One client. `Stream.call` is None before the request, then the call, and `ENDED` after it."""

    def connection_lost(self, exc: Exception | None) -> None:
        """Cancels the calls."""
        super().connection_lost(exc)
        for stream in list(self.connection.streams.open.values()):
            self._client_left(stream)

    def add_deadline(self, call: Call, deadline: float) -> None:
        """Ends a call at this time of the event loop."""
        self.shared.deadlines.add(call, deadline)

    def remove_running(self, call: Call) -> None:
        """Stops counting a call as running."""
        self.shared.running.discard(call)

    def stream_headers(self, stream: Stream, headers: Headers, *, ended: bool) -> None:
        """Starts a call; trailers end the client's stream."""
        if stream.call is not None:
            self.stream_data(stream, b"", ended=True)
            return
        stream.call = ENDED
        fields = dict(headers)
        rejection = http_rejection(fields)
        if rejection is not None:
            self.connection.sender.headers(stream, rejection, end=True)
            return
        path = fields[":path"]
        shared = self.shared
        try:
            method = shared.methods.get(path) or shared.methods.find(path, headers)
            timeout = fields.get("grpc-timeout")
            seconds = None if timeout is None else parse_timeout(timeout)
        except ValueError as error:
            self._reject(stream, StatusCode.INTERNAL, str(error))
            return
        if method is None:
            self._reject(stream, StatusCode.UNIMPLEMENTED, f"{path} isn't implemented here")
        elif len(shared.running) >= shared.options.maximum_concurrent_rpcs:
            self._reject(stream, StatusCode.RESOURCE_EXHAUSTED, "too many RPCs are in progress")
        else:
            context = stream.call = ServicerContext(self, stream, headers, method)
            if seconds is not None:
                context.set_deadline(seconds)
            self._started(stream, context, method, ended=ended)

    def _started(
        self, stream: Stream, context: ServicerContext, method: Method, *, ended: bool
    ) -> None:
        if method.request_streaming:
            consumed = partial(self.connection.consumed, stream)
            context.requests = Requests(self.loop, method.deserialize, consumed)
            self._run(context, b"")
        if ended:
            self.stream_data(stream, b"", ended=True)

    def _run(self, context: ServicerContext, data: bytes) -> None:
        running = self.shared.running
        running.add(context)
        context.task = self.loop.create_task(run(context, running, data))

    def stream_data(self, stream: Stream, data: bytes, *, ended: bool) -> None:
        """Starts the handler when its request is complete, or passes messages to it."""
        context = stream.call
        bytes_max = self.shared.options.message_bytes_max
        if context is ENDED or context.ended:
            self.connection.consumed(stream, len(data))
            return
        reader = context.reader
        if reader is None:
            if ended and context.requests is None and is_one_message(data, bytes_max):
                self._run(context, data[PREFIX_BYTES:])
                return
            reader = context.reader = MessageReader(bytes_max)
        try:
            messages = reader.read(data, ended=ended)
            if context.requests is None:
                self._unary_messages(context, messages, ended=ended)
            else:
                context.requests.add(messages, ended=ended)
        except MessageError as error:
            context.end(error.code, error.text)
            context.client_left()
            return
        if not ended:
            missing = reader.missing_bytes
            if missing > stream.receive_window and not stream.wanted:
                self.connection.expect(stream, missing)

    def _unary_messages(
        self, context: ServicerContext, messages: list[bytes], *, ended: bool
    ) -> None:
        """Keeps the request until the client's stream ends."""
        context.received = [*context.received, *messages]
        if len(context.received) > 1:
            raise MessageError(StatusCode.INTERNAL, "a unary call has more than one request")
        if ended:
            if not context.received:
                raise MessageError(StatusCode.INTERNAL, "a unary call has no request")
            self._run(context, context.received[0])

    def stream_headers_too_large(self, stream: Stream) -> None:
        """Ends the call before it starts."""
        if stream.call is None:
            stream.call = ENDED
            text = f"metadata exceeds {self.shared.options.metadata_bytes_max} bytes"
            self._reject(stream, StatusCode.RESOURCE_EXHAUSTED, text)
        else:
            self.connection.reset(stream, ErrorCode.ENHANCE_YOUR_CALM)
            self._client_left(stream)

    def stream_flushed(self, stream: Stream) -> None:
        """Lets the handler write more."""
        if isinstance(stream.call, ServicerContext):
            stream.call.flushed()

    def stream_reset(
        self,
        stream: Stream,
        code: ErrorCode | int,  # noqa: ARG002 - the handler is cancelled for any reason
        *,
        by_peer: bool,  # noqa: ARG002
    ) -> None:
        """Cancels the handler."""
        self._client_left(stream)
        if self.draining:
            self.output_ready()

    def _client_left(self, stream: Stream) -> None:
        if isinstance(stream.call, ServicerContext):
            stream.call.client_left()

    def _reject(self, stream: Stream, code: StatusCode, text: str) -> None:
        self.connection.sender.headers(stream, status_rejection(code, text), end=True)
