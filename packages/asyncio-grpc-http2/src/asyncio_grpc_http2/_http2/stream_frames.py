"""Handles the frames of streams: HEADERS, DATA, RST_STREAM, WINDOW_UPDATE and PRIORITY (RFC 9113, section 6)."""

from asyncio_grpc_http2._http2 import frames
from asyncio_grpc_http2._http2.errors import (
    ErrorCode,
    HeaderListTooLarge,
    Http2ConnectionError,
    Http2StreamError,
    error_code,
)
from asyncio_grpc_http2._http2.fields import (
    check_request,
    check_response,
    check_trailers,
    malformed,
)
from asyncio_grpc_http2._http2.frame_reader import FrameHandler, unpadded
from asyncio_grpc_http2._http2.header_list import Headers
from asyncio_grpc_http2._http2.state import State
from asyncio_grpc_http2._http2.stream import Stream


class StreamFrames:
    """Changes the state of streams as the peer's frames say, and tells the owner."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._open = state.streams.open
        self.handlers: dict[int, FrameHandler] = {
            frames.DATA: self._data,
            frames.HEADERS: self._headers,
            frames.PRIORITY: self._priority,
            frames.RST_STREAM: self._rst_stream,
            frames.WINDOW_UPDATE: self._window_update,
        }

    def _headers(self, flags: int, stream_id: int, block: bytes) -> None:
        state = self._state
        stream = self._open.get(stream_id)
        late = stream is None and self._is_late(stream_id)
        headers = state.decoder.remembered.get(block)
        error: Http2StreamError | None = None
        # Any other block is decoded, even if it is ignored then, because it may change the decoder's table.
        if headers is None:
            try:
                headers = state.decoder.decode(block)
            except HeaderListTooLarge:
                pass
            except Http2StreamError as malformed_field:
                error = malformed_field
        if late:
            state.count_control_frame()
            return
        if stream is None:
            stream = self._accept(stream_id)
            if stream is None:
                return
        try:
            if error:
                raise error
            self._received_headers(stream, headers, ended=bool(flags & frames.END_STREAM))
        except Http2StreamError as broken_rule:
            state.fail_stream(stream, broken_rule)

    def _is_late(self, stream_id: int) -> bool:
        """Returns whether a block belongs to a stream that was reset; False for a new stream."""
        streams = self._state.streams
        if streams.was_reset(stream_id):
            return True
        if not streams.is_idle(stream_id):
            text = f"HEADERS on the closed stream {stream_id}"
            raise Http2ConnectionError(ErrorCode.STREAM_CLOSED, text)
        if not stream_id & 1 or self._state.client:
            text = f"HEADERS on the idle stream {stream_id}"
            raise Http2ConnectionError(ErrorCode.PROTOCOL_ERROR, text)
        return False

    def _accept(self, stream_id: int) -> Stream | None:
        state = self._state
        stream = state.streams.accept(stream_id, state.sender.initial_window)
        if state.accepts_streams and len(state.streams.open) <= state.limits.concurrent_streams:
            return stream
        state.resets.count()
        state.reset(stream, ErrorCode.REFUSED_STREAM)
        return None

    def _received_headers(self, stream: Stream, headers: Headers | None, *, ended: bool) -> None:
        state = self._state
        if stream.remote_closed:
            raise Http2StreamError(ErrorCode.STREAM_CLOSED, "HEADERS after END_STREAM")
        if headers is None:
            stream.headers_received = True
            stream.remote_closed = ended
            state.events.stream_headers_too_large(stream)
            return
        if stream.headers_received:
            if not ended:
                raise malformed("HEADERS in the middle of a stream")
            if not headers.are_trailers:
                check_trailers(headers)
                headers.are_trailers = True
        elif not state.client:
            stream.content_left = check_request(headers)
            stream.headers_received = True
        elif headers.is_final_response or self._is_final(headers, ended=ended):
            stream.headers_received = True
            stream.content_left = headers.content_length
        else:
            return
        if ended:
            state.remote_ended(stream)
        state.events.stream_headers(stream, headers, ended=ended)

    def _is_final(self, headers: Headers, *, ended: bool) -> bool:
        """Returns False for informational responses, which come before the final one (RFC 9110, section 15.2)."""
        length = check_response(headers)
        if headers[0][1].startswith("1"):
            if ended:
                raise malformed("the stream ends with an informational response")
            self._state.count_control_frame()
            return False
        headers.content_length = length
        headers.is_final_response = True
        return True

    def _data(self, flags: int, stream_id: int, payload: bytes) -> None:
        state = self._state
        stream = self._open.get(stream_id)
        try:
            if payload:
                state.windows.received(stream, len(payload))
            if stream is None:
                self._on_closed_stream(stream_id)
                return
            if flags & frames.PADDED:
                data = unpadded(flags, payload)
                state.windows.consumed(stream, len(payload) - len(data))
                payload = data
            ended = bool(flags & frames.END_STREAM)
            self._check_data(stream, payload, ended=ended)
            if ended:
                state.remote_ended(stream)
        except Http2StreamError as error:
            if stream is not None:
                state.fail_stream(stream, error)
            return
        state.events.stream_data(stream, payload, ended=ended)

    def _check_data(self, stream: Stream, data: bytes, *, ended: bool) -> None:
        if stream.remote_closed:
            raise Http2StreamError(ErrorCode.STREAM_CLOSED, "DATA after END_STREAM")
        if not stream.headers_received:
            raise malformed("DATA before HEADERS")
        if data:
            self._state.control.counted = 0
        elif not ended:
            self._state.count_control_frame()
        if stream.content_left is not None:
            stream.content_left -= len(data)
            if stream.content_left < 0:
                raise malformed("DATA exceeds content-length")

    def _on_closed_stream(self, stream_id: int, *, is_data: bool = True) -> None:
        """Ignores late frames; DATA on a stream that both sides have ended is an error (section 5.1)."""
        state = self._state
        if state.streams.is_idle(stream_id):
            text = f"frame on the idle stream {stream_id}"
            raise Http2ConnectionError(ErrorCode.PROTOCOL_ERROR, text)
        state.count_control_frame()
        if is_data and not state.streams.was_reset(stream_id):
            state.streams.remember_reset(stream_id)
            state.sender.write(frames.rst_stream(stream_id, ErrorCode.STREAM_CLOSED))

    def _rst_stream(self, flags: int, stream_id: int, payload: bytes) -> None:
        state = self._state
        _require_size(payload, 4, "RST_STREAM")
        stream = state.streams.open.get(stream_id)
        if stream is None:
            self._on_closed_stream(stream_id, is_data=False)
            return
        state.resets.count()
        state.close(stream)
        state.streams.remember_reset(stream_id)
        code = error_code(int.from_bytes(payload, "big"))
        state.events.stream_reset(stream, code, by_peer=True)

    def _window_update(self, flags: int, stream_id: int, payload: bytes) -> None:
        state = self._state
        _require_size(payload, 4, "WINDOW_UPDATE")
        stream = state.streams.open.get(stream_id) if stream_id else None
        if stream_id and stream is None:
            self._on_closed_stream(stream_id, is_data=False)
            return
        state.count_control_frame()
        increment = int.from_bytes(payload, "big") & 0x7FFFFFFF
        code, text = ErrorCode.PROTOCOL_ERROR, "WINDOW_UPDATE of 0"
        if increment:
            if state.sender.window_updated(stream, increment):
                return
            code, text = ErrorCode.FLOW_CONTROL_ERROR, "WINDOW_UPDATE exceeds the largest window"
        if stream is None:
            raise Http2ConnectionError(code, text)
        state.fail_stream(stream, Http2StreamError(code, text))

    def _priority(self, flags: int, stream_id: int, payload: bytes) -> None:
        """Ignores priorities, as RFC 9113 deprecates them (section 5.3.2)."""
        state = self._state
        if stream_id == 0:
            raise Http2ConnectionError(ErrorCode.PROTOCOL_ERROR, "PRIORITY on stream 0")
        stream = state.streams.open.get(stream_id)
        if stream is None:
            _require_size(payload, 5, "PRIORITY")
        elif len(payload) != 5:
            state.fail_stream(stream, Http2StreamError(ErrorCode.FRAME_SIZE_ERROR, "PRIORITY"))
        state.count_control_frame()


def _require_size(payload: bytes, size: int, kind: str) -> None:
    if len(payload) != size:
        text = f"{kind} of {len(payload)} bytes"
        raise Http2ConnectionError(ErrorCode.FRAME_SIZE_ERROR, text)
