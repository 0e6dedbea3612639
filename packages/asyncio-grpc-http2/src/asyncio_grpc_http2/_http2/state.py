"""What the handlers of frames share: streams, windows, and the counts of what a peer may do."""

from collections.abc import Callable

from asyncio_grpc_http2._http2.errors import ErrorCode, Http2StreamError
from asyncio_grpc_http2._http2.events import Events
from asyncio_grpc_http2._http2.fields import malformed
from asyncio_grpc_http2._http2.frames import rst_stream
from asyncio_grpc_http2._http2.header_blocks import HeaderDecoder
from asyncio_grpc_http2._http2.limits import Limits, Rate
from asyncio_grpc_http2._http2.peer_settings import PeerSettings
from asyncio_grpc_http2._http2.receive_windows import ReceiveWindows
from asyncio_grpc_http2._http2.sender import Sender
from asyncio_grpc_http2._http2.stream import Stream
from asyncio_grpc_http2._http2.streams import Streams


class State:
    """The state of a connection, with the changes that more than one kind of frame makes to it."""

    def __init__(
        self, events: Events, *, client: bool, limits: Limits, clock: Callable[[], float]
    ) -> None:
        self.events = events
        self.client = client
        self.limits = limits
        self.peer = PeerSettings()
        self.accepts_streams = True
        """Whether a server takes new streams; False after the last GOAWAY."""
        self.streams = Streams(client=client, receive_window=limits.stream_window_bytes)
        self.sender = Sender(
            limits,
            events.output_ready,
            self._local_ended,
            events.stream_flushed,
            client=client,
        )
        self.windows = ReceiveWindows(limits, self.sender)
        self.decoder = HeaderDecoder(limits.header_list_bytes, of_requests=not client)
        self.resets = Rate("resets", limits.resets, limits.rate_seconds, clock)
        self.control = Rate("control frames", limits.control_frames, limits.rate_seconds, clock)
        """Frames that bring nothing forward; data starts the count again."""
        self._data_frames_seen = 0

    def count_control_frame(self) -> None:
        """Counts a frame that brings nothing forward."""
        if self.sender.data_frames != self._data_frames_seen:
            self._data_frames_seen = self.sender.data_frames
            self.control.counted = 0
        self.control.count()

    def reset(self, stream: Stream, code: ErrorCode) -> None:
        """Resets a stream without telling the owner. Does nothing for a closed one."""
        if not stream.closed:
            self.close(stream)
            self.streams.remember_reset(stream.id)
            self.sender.write(rst_stream(stream.id, code))

    def close(self, stream: Stream) -> None:
        """Drops a stream, and what waits for it."""
        stream.closed = True
        self.streams.open.pop(stream.id, None)
        if stream.unsent:
            self.sender.forget(stream)
        if stream.granted or stream.wanted:
            self.windows.forget(stream)

    def fail_stream(self, stream: Stream, error: Http2StreamError) -> None:
        """Resets a stream whose peer broke a rule, and tells the owner.

        Raises:
            Http2ConnectionError: the peer has done so too often.
        """
        self.resets.count()
        if not stream.closed:
            self.reset(stream, error.code)
            self.events.stream_reset(stream, error.code, by_peer=False)

    def remote_ended(self, stream: Stream) -> None:
        """The peer sent END_STREAM.

        Raises:
            Http2StreamError: the content is shorter than content-length.
        """
        if stream.content_left:
            raise malformed("the stream ends before its content-length")
        stream.remote_closed = True
        if stream.local_closed and not stream.unsent:
            self.close(stream)

    def _local_ended(self, stream: Stream) -> None:
        if stream.remote_closed:
            self.close(stream)
        elif not self.client:
            self.reset(stream, ErrorCode.NO_ERROR)
