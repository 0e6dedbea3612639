"""The peer's SETTINGS (RFC 9113, section 6.5.2)."""

from asyncio_grpc_http2._http2 import frames
from asyncio_grpc_http2._http2.errors import ErrorCode, Http2ConnectionError

_FRAME_SIZE_LIMIT = 2**24 - 1


class PeerSettings:
    """The values that a peer announced, or their defaults."""

    __slots__ = ("header_table_size", "initial_window", "max_concurrent_streams", "max_frame_size", "max_header_list_bytes")  # fmt: skip

    def __init__(self) -> None:
        self.header_table_size = 4096
        self.initial_window = 65_535
        self.max_frame_size = frames.FRAME_BYTES_MAX
        self.max_concurrent_streams = frames.STREAM_ID_MAX
        """As many as it likes, until it announces a number."""
        self.max_header_list_bytes: int | None = None

    def apply(self, payload: bytes) -> None:
        """Applies the values of a SETTINGS frame in their order; unknown identifiers are ignored.

        Raises:
            Http2ConnectionError: a value is invalid.
        """
        if len(payload) % 6:
            raise Http2ConnectionError(ErrorCode.FRAME_SIZE_ERROR, "SETTINGS has a cut value")
        for identifier, value in frames.parse_settings(payload):
            match identifier:
                case frames.SETTINGS_HEADER_TABLE_SIZE:
                    self.header_table_size = value
                case frames.SETTINGS_ENABLE_PUSH:
                    _require(value <= 1, "ENABLE_PUSH is neither 0 nor 1")
                case frames.SETTINGS_MAX_CONCURRENT_STREAMS:
                    self.max_concurrent_streams = value
                case frames.SETTINGS_INITIAL_WINDOW_SIZE:
                    if value > frames.WINDOW_MAX:
                        text = "INITIAL_WINDOW_SIZE exceeds the largest window"
                        raise Http2ConnectionError(ErrorCode.FLOW_CONTROL_ERROR, text)
                    self.initial_window = value
                case frames.SETTINGS_MAX_FRAME_SIZE:
                    allowed = frames.FRAME_BYTES_MAX <= value <= _FRAME_SIZE_LIMIT
                    _require(allowed, "MAX_FRAME_SIZE is out of range")
                    self.max_frame_size = value
                case frames.SETTINGS_MAX_HEADER_LIST_SIZE:
                    self.max_header_list_bytes = value


def _require(holds: bool, text: str) -> None:
    if not holds:
        raise Http2ConnectionError(ErrorCode.PROTOCOL_ERROR, text)
