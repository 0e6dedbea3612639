"""Frames that no honest peer sends, and floods of frames that honest peers send rarely."""

from asyncio_grpc_http2._http2 import ErrorCode, encode_headers
from asyncio_grpc_http2._http2.frames import (
    CONTINUATION,
    DATA,
    END_HEADERS,
    GOAWAY,
    HEADERS,
    PADDED,
    PING,
    PRIORITY,
    PUSH_PROMISE,
    RST_STREAM,
    SETTINGS,
    SETTINGS_INITIAL_WINDOW_SIZE,
    WINDOW_UPDATE,
    frame_header,
    headers_frames,
    ping,
    rst_stream,
    settings_frame,
    window_update,
)


def frame(kind: int, flags: int, stream_id: int, payload: bytes = b"") -> bytes:
    return frame_header(len(payload), kind, flags, stream_id) + payload


FLOODS = {
    "PING": ping(b"12345678") * 20_000,
    "SETTINGS": settings_frame({}) * 20_000,
    "unknown frames": frame(0xEE, 0, 0) * 20_000,
    "PRIORITY": frame(PRIORITY, 0, 1, bytes(5)) * 20_000,
    "WINDOW_UPDATE": window_update(0, 1) * 20_000,
    "empty DATA": frame(DATA, 0, 1) * 20_000,
    "CONTINUATION": frame(HEADERS, 0, 1) + frame(CONTINUATION, 0, 1) * 20_000,
    "bytes of CONTINUATION": frame(HEADERS, 0, 1) + frame(CONTINUATION, 0, 1, bytes(16_384)) * 100,
}
"""Floods that end with GOAWAY, on a connection whose stream 1 is open."""
BROKEN = {
    "frame of more than 16,384 bytes": frame(DATA, 0, 1, bytes(16_385)),
    "DATA on stream 0": frame(DATA, 0, 0, b"x"),
    "DATA on an idle stream": frame(DATA, 0, 99, b"x"),
    "padding as long as DATA": frame(DATA, PADDED, 1, b"\x06xxxxx"),
    "padding as long as HEADERS": frame(HEADERS, PADDED | END_HEADERS, 1, b"\x06xxxxx"),
    "CONTINUATION without HEADERS": frame(CONTINUATION, END_HEADERS, 1),
    "interrupted header block": frame(HEADERS, 0, 1) + ping(bytes(8)),
    "invalid HPACK": frame(HEADERS, END_HEADERS, 1, b"\xff\xff\xff\xff\xff\xff\xff"),
    "PUSH_PROMISE": frame(PUSH_PROMISE, END_HEADERS, 1, bytes(4)),
    "PING on a stream": frame(PING, 0, 1, bytes(8)),
    "PING of 7 bytes": frame(PING, 0, 0, bytes(7)),
    "SETTINGS on a stream": frame(SETTINGS, 0, 1),
    "SETTINGS that are cut": frame(SETTINGS, 0, 0, bytes(5)),
    "window of 2^31": settings_frame({SETTINGS_INITIAL_WINDOW_SIZE: 2**31}),
    "GOAWAY that is cut": frame(GOAWAY, 0, 0, bytes(7)),
    "RST_STREAM of 3 bytes": frame(RST_STREAM, 0, 1, bytes(3)),
    "RST_STREAM on an idle stream": rst_stream(99, ErrorCode.CANCEL),
    "WINDOW_UPDATE of 3 bytes": frame(WINDOW_UPDATE, 0, 0, bytes(3)),
    "WINDOW_UPDATE of 0": window_update(0, 0),
    "connection's window above 2^31": window_update(0, 2**31 - 1) * 2,
}
"""Breaks of the connection's rules, which end it with GOAWAY, when its stream 1 is open."""
BROKEN_STREAM = {
    "WINDOW_UPDATE of 0 on a stream": window_update(1, 0),
    "stream's window above 2^31": window_update(1, 2**31 - 1),
    "pseudo-header in trailers": headers_frames(
        1, encode_headers([(":path", "/")]), end_stream=True
    ),
    "second HEADERS without END_STREAM": headers_frames(
        1, encode_headers([("a", "b")]), end_stream=False
    ),
    "name in upper case": headers_frames(1, encode_headers([("A", "b")]), end_stream=True),
    "line break in a value": headers_frames(1, encode_headers([("a", "b\r\nc")]), end_stream=True),
}
"""Breaks of the rules of stream 1, which reset it and leave the connection."""


def kinds(received: bytes) -> list[int]:
    """Returns the types of the frames that were received."""
    found, at = [], 0
    while at + 9 <= len(received):
        found.append(received[at + 3])
        at += 9 + int.from_bytes(received[at : at + 3], "big")
    return found
