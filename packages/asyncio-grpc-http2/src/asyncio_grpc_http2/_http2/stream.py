"""State of one stream (RFC 9113, section 5.1)."""

from collections import deque
from typing import Any


class Stream:
    """One stream. Its owner keeps what belongs to the call in `call`; everything else is the connection's."""

    __slots__ = (
        "call",
        "closed",
        "consumed",
        "content_left",
        "granted",
        "headers_received",
        "id",
        "local_closed",
        "receive_window",
        "remote_closed",
        "send_window",
        "trailers",
        "unsent",
        "wanted",
    )

    def __init__(self, stream_id: int, send_window: int, receive_window: int) -> None:
        self.id = stream_id
        self.call: Any = None
        self.headers_received = False
        """The first header list came (of a response: that of the final status)."""
        self.remote_closed = False
        """The peer sent END_STREAM."""
        self.local_closed = False
        """END_STREAM was sent, or waits behind unsent data."""
        self.closed = False
        """It was reset by either side, or both sides ended it: nothing can be sent."""
        self.send_window = send_window
        self.unsent: deque[bytes | memoryview] | None = None
        """Data that waits for windows or the transport."""
        self.trailers: bytes | None = None
        """The header block that follows the unsent data; empty for END_STREAM on the last DATA."""
        self.receive_window = receive_window
        self.consumed = 0
        """Octets that the owner has consumed, and that weren't given back to the peer yet."""
        self.wanted = 0
        self.granted = 0
        """Octets beyond the window, for a large message."""
        self.content_left: int | None = None
        """What content-length leaves to receive."""
