"""Splits received bytes into frames, and puts header blocks together."""

from collections.abc import Callable

from asyncio_grpc_http2._http2.errors import ErrorCode, Http2ConnectionError
from asyncio_grpc_http2._http2.frames import (
    ACK,
    CONTINUATION,
    END_HEADERS,
    FRAME_BYTES_MAX,
    HEADERS,
    PADDED,
    PREFACE,
    PRIORITY_FLAG,
    SETTINGS,
    frame_fields,
)
from asyncio_grpc_http2._http2.header_blocks import HARD_LIMIT_FACTOR
from asyncio_grpc_http2._http2.limits import Limits

FrameHandler = Callable[[int, int, bytes], None]
"""Gets the flags, the stream id and the payload; for a header block, the flags of HEADERS and the whole block."""

_BLOCK_FLAGS = END_HEADERS | PADDED | PRIORITY_FLAG
"""A HEADERS frame with no other of these flags than END_HEADERS contains a whole header block and nothing else."""
UNKNOWN = -1
"""The key of the handler of all frame types that have none."""


class FrameReader:
    """Calls the handler of each frame. A client's bytes begin with the preface, a server's with SETTINGS."""

    def __init__(
        self,
        limits: Limits,
        handlers: dict[int, FrameHandler],
        *,
        expects_preface: bool,
    ) -> None:
        self._limits = limits
        self._block_handler = handlers[HEADERS]
        self._unknown = handlers[UNKNOWN]
        self._handlers = {**handlers, HEADERS: self._headers, CONTINUATION: self._continuation}
        self._buffer = b""
        self._preface = PREFACE if expects_preface else b""
        self._awaited: int | None = SETTINGS
        """The type that the next frame must have."""
        self._block: list[bytes] = []
        self._block_flags = 0
        self._block_stream_id = 0
        self._block_bytes = 0

    def receive(self, data: bytes) -> None:
        """Handles the frames that are complete, and keeps the rest.

        Raises:
            Http2ConnectionError: the bytes aren't HTTP/2, or a handler raised it.
        """
        if self._buffer:
            data = self._buffer + data
            self._buffer = b""
        at = 0
        if self._preface:
            at = self._read_preface(data)
            if self._preface:
                return
        end, handlers, unknown = len(data), self._handlers, self._unknown
        block_handler = self._block_handler
        while end - at >= 9:
            high, low, kind, flags, stream_id = frame_fields(data, at)
            length = high << 16 | low
            if length > FRAME_BYTES_MAX:
                raise Http2ConnectionError(ErrorCode.FRAME_SIZE_ERROR, f"frame of {length} bytes")
            next_at = at + 9 + length
            stream_id &= 0x7FFFFFFF
            if self._awaited is not None or kind == CONTINUATION:
                self._check_order(kind, flags, stream_id)
            if next_at > end:
                break
            payload = data[at + 9 : next_at]
            at = next_at
            if kind == HEADERS and flags & _BLOCK_FLAGS == END_HEADERS:
                block_handler(flags, stream_id, payload)
            else:
                handlers.get(kind, unknown)(flags, stream_id, payload)
        if at < end:
            self._buffer = data[at:]

    def _read_preface(self, data: bytes) -> int:
        size = len(PREFACE)
        if not PREFACE.startswith(data[:size]):
            raise Http2ConnectionError(ErrorCode.PROTOCOL_ERROR, "no HTTP/2 preface")
        if len(data) < size:
            self._buffer = data
            return 0
        self._preface = b""
        return size

    def _check_order(self, kind: int, flags: int, stream_id: int) -> None:
        if kind != self._awaited or (kind == SETTINGS and flags & ACK):
            text = "the first frame isn't SETTINGS, or a header block is interrupted"
        elif kind == CONTINUATION and stream_id != self._block_stream_id:
            text = "CONTINUATION is of another stream"
        else:
            if kind == SETTINGS:
                self._awaited = None
            return
        raise Http2ConnectionError(ErrorCode.PROTOCOL_ERROR, text)

    def _headers(self, flags: int, stream_id: int, payload: bytes) -> None:
        block = payload
        if flags & (PADDED | PRIORITY_FLAG):
            block = unpadded(flags, payload)
            if flags & PRIORITY_FLAG:
                if len(block) < 5:
                    raise Http2ConnectionError(ErrorCode.FRAME_SIZE_ERROR, "HEADERS is cut")
                block = block[5:]
        if flags & END_HEADERS:
            self._block_handler(flags, stream_id, block)
            return
        self._awaited = CONTINUATION
        self._block = [block]
        self._block_flags, self._block_stream_id = flags, stream_id
        self._block_bytes = len(block)

    def _continuation(self, flags: int, stream_id: int, payload: bytes) -> None:
        block = self._block
        block.append(payload)
        self._block_bytes += len(payload)
        if (
            len(block) > self._limits.continuation_frames + 1
            or self._block_bytes > HARD_LIMIT_FACTOR * self._limits.header_list_bytes
        ):
            text = "a header block has too many frames or bytes"
            raise Http2ConnectionError(ErrorCode.ENHANCE_YOUR_CALM, text)
        if flags & END_HEADERS:
            self._awaited = None
            self._block = []
            self._block_handler(self._block_flags, stream_id, b"".join(block))


def unpadded(flags: int, payload: bytes) -> bytes:
    """Returns a payload of HEADERS or DATA without its padding.

    Raises:
        Http2ConnectionError: the padding is as long as the payload.
    """
    if not flags & PADDED:
        return payload
    if not payload or payload[0] >= len(payload):
        raise Http2ConnectionError(ErrorCode.PROTOCOL_ERROR, "padding exceeds its frame")
    return payload[1 : len(payload) - payload[0]]
