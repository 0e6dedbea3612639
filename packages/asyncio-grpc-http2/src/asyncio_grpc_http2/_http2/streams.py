"""The streams of a connection: which are open, idle, or were reset (RFC 9113, section 5.1)."""

from asyncio_grpc_http2._http2.stream import Stream

_RESET_IDS_MAX = 1000
"""Streams that were reset and whose late frames are ignored. Late frames of older ones count as errors."""


class Streams:
    """Open streams by id, and what is known of the others."""

    __slots__ = ("_client", "_next_id", "_receive_window", "_reset_ids", "last_peer_id", "open")

    def __init__(self, *, client: bool, receive_window: int) -> None:
        self.open: dict[int, Stream] = {}
        """Streams by id, until both sides have ended them or one side has reset them."""
        self.last_peer_id = 0
        """The id of the last stream that the client has opened; known to a server only."""
        self._client = client
        self._next_id = 1
        self._receive_window = receive_window
        self._reset_ids: dict[int, None] = {}

    def new(self, send_window: int) -> Stream:
        """Opens a client's next stream."""
        stream_id = self._next_id
        self._next_id = stream_id + 2
        stream = self.open[stream_id] = Stream(stream_id, send_window, self._receive_window)
        return stream

    def accept(self, stream_id: int, send_window: int) -> Stream:
        """Opens a stream that the client sent to this server."""
        self.last_peer_id = stream_id
        stream = self.open[stream_id] = Stream(stream_id, send_window, self._receive_window)
        return stream

    def is_idle(self, stream_id: int) -> bool:
        """Whether the stream was never opened."""
        last = self._next_id - 2 if self._client else self.last_peer_id
        return stream_id > last or not stream_id & 1

    def was_reset(self, stream_id: int) -> bool:
        """Whether late frames of the stream are ignored."""
        return stream_id in self._reset_ids

    def remember_reset(self, stream_id: int) -> None:
        """Ignores late frames of the stream from now on."""
        self._reset_ids[stream_id] = None
        if len(self._reset_ids) > _RESET_IDS_MAX:
            del self._reset_ids[next(iter(self._reset_ids))]
