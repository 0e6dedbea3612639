"""The sending half of a connection: frames that wait for the transport, and flow control.

Frames are never larger than the least SETTINGS_MAX_FRAME_SIZE, so that streams share a connection evenly.
"""

from collections import deque
from collections.abc import Callable, Iterable

from asyncio_grpc_http2._http2.frames import (
    DATA,
    END_HEADERS,
    END_STREAM,
    FRAME_BYTES_MAX,
    HEADERS,
    WINDOW_MAX,
    frame_header,
    headers_frames,
    small_frame_header,
)
from asyncio_grpc_http2._http2.header_encoding import TABLE_SIZE_ZERO
from asyncio_grpc_http2._http2.limits import Limits
from asyncio_grpc_http2._http2.stream import Stream

FRAME_HEADERS_BYTES = 27
"""The headers of three frames, which is the most that `Sender.message` queues at one time."""


class Sender:
    """Queues frames. DATA passes three windows: the stream's, the connection's and the transport's."""

    def __init__(
        self,
        limits: Limits,
        output_ready: Callable[[], None],
        ended: Callable[[Stream], None],
        flushed: Callable[[Stream], None],
        *,
        client: bool,
    ) -> None:
        self._client = client
        self._limits = limits
        self._output_ready = output_ready
        self._ended = ended
        self._flushed = flushed
        self._chunks: list[bytes] = []
        self._room_bytes = limits.output_high_water_bytes
        self._blocked: dict[int, Stream] = {}
        self.pending_bytes = 0
        """Octets of frames that wait for the transport."""
        self.unsent_bytes = 0
        """Octets of DATA that wait for a window."""
        self.window = 65_535
        self.initial_window = 65_535
        self._table_size_sent = False
        self.data_frames = 0
        """DATA frames that were queued; progress, against which control frames are counted."""

    def write(self, frames: bytes) -> None:
        """Queues whole frames other than DATA."""
        if not self._chunks:
            self._output_ready()
        self._chunks.append(frames)
        self.pending_bytes += len(frames)

    def take_output(self) -> bytes:
        """Returns everything that waits for the transport, and then lets blocked streams queue more."""
        output = b"".join(self._chunks)
        self._chunks.clear()
        self.pending_bytes = 0
        if self._blocked:
            self.pump()
        return output

    def set_transport_paused(self, paused: bool) -> None:
        """Stops DATA while the transport's buffer is full."""
        self._room_bytes = 0 if paused else self._limits.output_high_water_bytes
        if not paused:
            self.pump()

    def headers(self, stream: Stream, block: bytes, *, end: bool = False) -> None:
        """Queues a header block; with `end`, behind the stream's unsent data."""
        if end:
            stream.local_closed = True
            if stream.unsent:
                stream.trailers = block
                return
        self._write_block(stream, block, end=end)
        if end:
            self._ended(stream)

    def message(
        self, stream: Stream, block: bytes, data: bytes, trailers: bytes = b"", *, end: bool = False
    ) -> bool:
        """Queues a header block, data and trailers: at one time if the windows allow it, else as they open.

        Args:
            stream: The stream.
            block: The header block before the data, or empty for none.
            data: The payload of one DATA frame or, if it is too large, several.
            trailers: The header block after the data, or empty for none.
            end: Whether the trailers end this side of the stream, or the data if there are none.

        Returns:
            False if the peer reads too slowly: the data wasn't queued, and the caller resets the stream.
        """
        size = len(data)
        if (
            size > self.window
            or size > stream.send_window
            or size > FRAME_BYTES_MAX
            or self.pending_bytes + size > self._room_bytes
            or stream.unsent
            or len(block) + len(trailers) > FRAME_BYTES_MAX
            or not self._table_size_sent
        ):
            if block:
                self._write_block(stream, block, end=False)
            return self._queue_data(stream, data, trailers, end=end)
        self.window -= size
        stream.send_window -= size
        self.data_frames += 1
        stream_id = stream.id
        chunks = self._chunks
        if not chunks:
            self._output_ready()
        if block:
            chunks += small_frame_header(0, len(block), HEADERS, END_HEADERS, stream_id), block
            size += len(block)
        if trailers:
            chunks += (
                small_frame_header(0, len(data), DATA, 0, stream_id),
                data,
                small_frame_header(0, len(trailers), HEADERS, END_HEADERS | END_STREAM, stream_id),
                trailers,
            )
            size += len(trailers)
        else:
            end_stream = END_STREAM if end else 0
            chunks += small_frame_header(0, len(data), DATA, end_stream, stream_id), data
        self.pending_bytes += size + FRAME_HEADERS_BYTES
        if end:
            stream.local_closed = True
            if stream.remote_closed or not self._client:
                self._ended(stream)
        return True

    def _write_block(self, stream: Stream, block: bytes, *, end: bool) -> None:
        if not self._table_size_sent:
            self._table_size_sent = True
            block = TABLE_SIZE_ZERO + block
        self.write(headers_frames(stream.id, block, end_stream=end))

    def _queue_data(self, stream: Stream, data: bytes, trailers: bytes, *, end: bool) -> bool:
        if self.unsent_bytes + len(data) > self._limits.unsent_bytes:
            return False
        if stream.unsent is None:
            stream.unsent = deque()
        stream.unsent.append(data)
        self.unsent_bytes += len(data)
        if end:
            stream.local_closed = True
            stream.trailers = trailers
        self._blocked[stream.id] = stream
        self._send_unsent(stream)
        return True

    def pump(self) -> None:
        """Sends what the windows allow, in turn from each stream that has unsent data."""
        for stream in list(self._blocked.values()):
            if self.window <= 0 or self.pending_bytes >= self._room_bytes:
                break
            self._send_unsent(stream)

    def _send_unsent(self, stream: Stream) -> None:
        unsent = stream.unsent
        while unsent:
            data = unsent[0]
            room = self._room_bytes - self.pending_bytes
            size = min(len(data), FRAME_BYTES_MAX, self.window, stream.send_window, room)
            if size <= 0 and data:
                # The next turn begins with another stream.
                if self._blocked.pop(stream.id, None):
                    self._blocked[stream.id] = stream
                return
            if size == len(data):
                unsent.popleft()
            else:
                unsent[0] = memoryview(data)[size:]
            self.window -= size
            stream.send_window -= size
            self.unsent_bytes -= size
            self.data_frames += 1
            end = END_STREAM if not unsent and stream.trailers == b"" else 0
            self.write(frame_header(size, DATA, end, stream.id) + data[:size])
        self._all_sent(stream)

    def _all_sent(self, stream: Stream) -> None:
        self._blocked.pop(stream.id, None)
        stream.unsent = None
        if stream.local_closed:
            if stream.trailers:
                self._write_block(stream, stream.trailers, end=True)
            self._ended(stream)
        else:
            self._flushed(stream)

    def forget(self, stream: Stream) -> None:
        """Drops the stream's unsent data."""
        self._blocked.pop(stream.id, None)
        if stream.unsent:
            self.unsent_bytes -= sum(map(len, stream.unsent))
            stream.unsent = None

    def window_updated(self, stream: Stream | None, increment: int) -> bool:
        """Adds to a window, and returns False if it exceeds the largest one."""
        if stream is None:
            self.window += increment
            if self.window > WINDOW_MAX:
                return False
            self.pump()
            return True
        stream.send_window += increment
        if stream.send_window > WINDOW_MAX:
            return False
        if stream.unsent:
            self._send_unsent(stream)
        return True

    def set_initial_window(self, size: int, streams: Iterable[Stream]) -> bool:
        """Applies SETTINGS_INITIAL_WINDOW_SIZE to all streams; False if a window exceeds the largest one."""
        change = size - self.initial_window
        self.initial_window = size
        for stream in streams:
            stream.send_window += change
            if stream.send_window > WINDOW_MAX:
                return False
        return True
