"""What a connection tells its owner."""

from typing import Protocol

from asyncio_grpc_http2._http2.errors import ErrorCode, Http2ConnectionError
from asyncio_grpc_http2._http2.header_list import Headers
from asyncio_grpc_http2._http2.stream import Stream


class Events(Protocol):
    """The owner of a connection. Methods are called inside `Connection.receive`, or inside a call that sends.

    They may send, reset and open streams, and must not call `receive` or raise.
    """

    def output_ready(self) -> None:
        """Frames wait for the transport and none did before: call `sender.take_output` in the next turn of the loop."""

    def stream_headers(self, stream: Stream, headers: Headers, *, ended: bool) -> None:
        """A header list came that follows RFC 9113: of a request, a final response, or trailers."""

    def stream_headers_too_large(self, stream: Stream) -> None:
        """A header list came that exceeds the limit; the owner responds, or resets the stream."""

    def stream_data(self, stream: Stream, data: bytes, *, ended: bool) -> None:
        """Data came, or the end of the stream without data. The owner reports what it consumed by `consumed`."""

    def stream_flushed(self, stream: Stream) -> None:
        """All data that waited for a window was handed to the transport's queue."""

    def stream_reset(self, stream: Stream, code: ErrorCode | int, *, by_peer: bool) -> None:
        """The peer reset the stream, or broke its rules and it was reset. The stream is closed."""

    def settings_received(self) -> None:
        """The peer's SETTINGS are applied."""

    def ping_acknowledged(self, payload: bytes) -> None:
        """The peer acknowledged a PING."""

    def goaway_received(self, last_stream_id: int, code: ErrorCode | int, text: str) -> None:
        """The peer accepts no new streams. Those above `last_stream_id` were reset: it hasn't processed them."""

    def connection_failed(self, error: Http2ConnectionError) -> None:
        """The peer broke a rule or limit of the connection. GOAWAY is queued; send it, and close the transport."""
