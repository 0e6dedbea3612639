"""Flow control of what the peer sends: windows are given back by halves, and large messages get their own room."""

from collections import deque

from asyncio_grpc_http2._http2.errors import ErrorCode, Http2ConnectionError, Http2StreamError
from asyncio_grpc_http2._http2.frames import WINDOW_MAX, window_update
from asyncio_grpc_http2._http2.limits import Limits
from asyncio_grpc_http2._http2.sender import Sender
from asyncio_grpc_http2._http2.stream import Stream


class ReceiveWindows:
    """The windows of a connection and its streams.

    The connection's window is given back on receipt, as the streams' windows bound what is held. A message that
    exceeds its stream's window gets the rest beyond it, when `large_messages_bytes` has room for it: each
    message that began to get room can be received whole, so that messages never wait for each other.
    """

    def __init__(self, limits: Limits, sender: Sender) -> None:
        self._limits = limits
        self._sender = sender
        self._connection = limits.connection_window_bytes
        self._unreturned = 0
        self._granted = 0
        self._waiting: deque[Stream] = deque()

    def received(self, stream: Stream | None, size: int) -> None:
        """Counts the octets of a DATA frame, padding included.

        Raises:
            Http2ConnectionError: the peer exceeds the connection's window.
            Http2StreamError: the peer exceeds the stream's window.
        """
        self._unreturned += size
        if self._unreturned > self._connection:
            text = "DATA exceeds the connection's window"
            raise Http2ConnectionError(ErrorCode.FLOW_CONTROL_ERROR, text)
        if self._unreturned >= self._connection >> 1:
            self._sender.write(window_update(0, self._unreturned))
            self._unreturned = 0
        if stream is not None:
            stream.receive_window -= size
            if stream.receive_window < 0:
                text = "DATA exceeds the stream's window"
                raise Http2StreamError(ErrorCode.FLOW_CONTROL_ERROR, text)

    def consumed(self, stream: Stream, size: int) -> None:
        """Gives octets of a stream back that its owner doesn't hold any more."""
        if stream.granted:
            # A grant went beyond the window, so these octets aren't given back a second time.
            beyond = min(stream.granted, size)
            stream.granted -= beyond
            self._granted -= beyond
            size -= beyond
            self._grant()
        stream.consumed += size
        if stream.consumed >= self._limits.stream_window_bytes >> 1:
            if not (stream.remote_closed or stream.closed):
                self._sender.write(window_update(stream.id, stream.consumed))
                stream.receive_window += stream.consumed
            stream.consumed = 0

    def expect(self, stream: Stream, size: int) -> None:
        """Asks for room for the `size` octets of a message that follow, as far as they exceed the window."""
        missing = min(size - stream.receive_window, WINDOW_MAX)
        if missing > 0 and not stream.remote_closed:
            stream.wanted = missing
            self._waiting.append(stream)
            self._grant()

    def _grant(self) -> None:
        while self._waiting:
            stream = self._waiting[0]
            wanted = stream.wanted
            if self._granted and self._granted + wanted > self._limits.large_messages_bytes:
                return
            self._waiting.popleft()
            if wanted and not stream.closed:
                stream.wanted = 0
                stream.granted += wanted
                stream.receive_window += wanted
                self._granted += wanted
                self._sender.write(window_update(stream.id, wanted))

    def forget(self, stream: Stream) -> None:
        """Frees the room of a stream that is closed."""
        stream.wanted = 0
        if stream.granted:
            self._granted -= stream.granted
            stream.granted = 0
            self._grant()
