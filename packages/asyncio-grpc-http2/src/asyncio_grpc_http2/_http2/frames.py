"""Frames of HTTP/2 as bytes (RFC 9113, sections 4 and 6)."""

from struct import Struct

from asyncio_grpc_http2._http2.errors import ErrorCode

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
FRAME_BYTES_MAX = 16_384
"""The default of SETTINGS_MAX_FRAME_SIZE, and its least value."""
WINDOW_MAX = 2**31 - 1
STREAM_ID_MAX = 2**31 - 1

DATA, HEADERS, PRIORITY, RST_STREAM, SETTINGS, PUSH_PROMISE, PING, GOAWAY, WINDOW_UPDATE, CONTINUATION = range(10)  # fmt: skip
END_STREAM = ACK = 0x1
END_HEADERS = 0x4
PADDED = 0x8
PRIORITY_FLAG = 0x20

SETTINGS_HEADER_TABLE_SIZE = 0x1
SETTINGS_ENABLE_PUSH = 0x2
SETTINGS_MAX_CONCURRENT_STREAMS = 0x3
SETTINGS_INITIAL_WINDOW_SIZE = 0x4
SETTINGS_MAX_FRAME_SIZE = 0x5
SETTINGS_MAX_HEADER_LIST_SIZE = 0x6

_frame_header = Struct(">BHBBL")
small_frame_header = _frame_header.pack
"""Returns the nine octets before a frame's payload: 0, the length below 65,536, type, flags and stream id."""
frame_fields = _frame_header.unpack_from
"""Returns the length's high octet and its low ones, type, flags, and the stream id with its reserved bit."""
_setting = Struct(">HL")


def frame_header(length: int, kind: int, flags: int, stream_id: int) -> bytes:
    """Returns the nine octets before a frame's payload."""
    return small_frame_header(length >> 16, length & 0xFFFF, kind, flags, stream_id)


def headers_frames(stream_id: int, block: bytes, *, end_stream: bool) -> bytes:
    """Returns HEADERS, and CONTINUATION for what doesn't fit into one frame."""
    size_max = FRAME_BYTES_MAX
    flags = END_STREAM if end_stream else 0
    if len(block) <= size_max:
        return frame_header(len(block), HEADERS, flags | END_HEADERS, stream_id) + block
    parts = [frame_header(size_max, HEADERS, flags, stream_id), block[:size_max]]
    for start in range(size_max, len(block), size_max):
        part = block[start : start + size_max]
        last = END_HEADERS if start + size_max >= len(block) else 0
        parts += frame_header(len(part), CONTINUATION, last, stream_id), part
    return b"".join(parts)


def settings_frame(values: dict[int, int]) -> bytes:
    """Returns SETTINGS with these identifiers and values."""
    payload = b"".join(_setting.pack(*item) for item in values.items())
    return frame_header(len(payload), SETTINGS, 0, 0) + payload


def parse_settings(payload: bytes) -> list[tuple[int, int]]:
    """Returns the identifiers and values of a SETTINGS payload, whose length is a multiple of six."""
    return list(_setting.iter_unpack(payload))


def window_update(stream_id: int, increment: int) -> bytes:
    """Returns WINDOW_UPDATE."""
    return frame_header(4, WINDOW_UPDATE, 0, stream_id) + increment.to_bytes(4, "big")


def rst_stream(stream_id: int, code: ErrorCode) -> bytes:
    """Returns RST_STREAM."""
    return frame_header(4, RST_STREAM, 0, stream_id) + code.to_bytes(4, "big")


def ping(payload: bytes, *, ack: bool = False) -> bytes:
    """Returns PING with a payload of eight octets."""
    return frame_header(8, PING, ACK if ack else 0, 0) + payload


def goaway(last_stream_id: int, code: ErrorCode, text: str = "") -> bytes:
    """Returns GOAWAY; the text is for the peer's log."""
    debug = text.encode()
    payload = last_stream_id.to_bytes(4, "big") + code.to_bytes(4, "big") + debug
    return frame_header(len(payload), GOAWAY, 0, 0) + payload


SETTINGS_ACK = frame_header(0, SETTINGS, ACK, 0)
