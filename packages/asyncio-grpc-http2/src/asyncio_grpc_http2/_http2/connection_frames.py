"""Handles the frames of the connection: SETTINGS, PING, GOAWAY, PUSH_PROMISE and unknown ones (RFC 9113, section 6)."""

from asyncio_grpc_http2._http2 import frames
from asyncio_grpc_http2._http2.errors import ErrorCode, Http2ConnectionError, error_code
from asyncio_grpc_http2._http2.frame_reader import UNKNOWN, FrameHandler
from asyncio_grpc_http2._http2.state import State


class ConnectionFrames:
    """Changes the state of the connection as the peer's frames say, and tells the owner."""

    def __init__(self, state: State) -> None:
        self._state = state
        self.handlers: dict[int, FrameHandler] = {
            frames.SETTINGS: self._settings,
            frames.PUSH_PROMISE: self._push_promise,
            frames.PING: self._ping,
            frames.GOAWAY: self._goaway,
            UNKNOWN: self._unknown,
        }

    def _settings(self, flags: int, stream_id: int, payload: bytes) -> None:
        state = self._state
        _require_connection(stream_id, "SETTINGS")
        state.count_control_frame()
        if flags & frames.ACK:
            if payload:
                raise Http2ConnectionError(ErrorCode.FRAME_SIZE_ERROR, "SETTINGS ACK has a payload")
            state.decoder.table_size_acknowledged()
            return
        state.peer.apply(payload)
        open_streams = state.streams.open.values()
        if not state.sender.set_initial_window(state.peer.initial_window, open_streams):
            text = "INITIAL_WINDOW_SIZE makes a window exceed the largest one"
            raise Http2ConnectionError(ErrorCode.FLOW_CONTROL_ERROR, text)
        # The peer applies its new windows when it reads the ACK, so data that needs them comes after it.
        state.sender.write(frames.SETTINGS_ACK)
        state.sender.pump()
        state.events.settings_received()

    def _ping(self, flags: int, stream_id: int, payload: bytes) -> None:
        state = self._state
        _require_connection(stream_id, "PING")
        if len(payload) != 8:
            raise Http2ConnectionError(ErrorCode.FRAME_SIZE_ERROR, f"PING of {len(payload)} bytes")
        state.count_control_frame()
        if flags & frames.ACK:
            state.events.ping_acknowledged(payload)
        else:
            state.sender.write(frames.ping(payload, ack=True))

    def _goaway(self, flags: int, stream_id: int, payload: bytes) -> None:
        state = self._state
        _require_connection(stream_id, "GOAWAY")
        if len(payload) < 8:
            raise Http2ConnectionError(ErrorCode.FRAME_SIZE_ERROR, "GOAWAY is cut")
        state.count_control_frame()
        last = int.from_bytes(payload[:4], "big") & 0x7FFFFFFF
        code = error_code(int.from_bytes(payload[4:8], "big"))
        state.events.goaway_received(last, code, payload[8:].decode("utf-8", "replace"))
        if not state.client:
            return
        for stream in list(state.streams.open.values()):
            if stream.id > last:
                state.close(stream)
                state.streams.remember_reset(stream.id)
                state.events.stream_reset(stream, ErrorCode.REFUSED_STREAM, by_peer=True)

    def _push_promise(self, flags: int, stream_id: int, payload: bytes) -> None:
        raise Http2ConnectionError(ErrorCode.PROTOCOL_ERROR, "PUSH_PROMISE isn't allowed")

    def _unknown(self, flags: int, stream_id: int, payload: bytes) -> None:
        """Ignores what extensions add (RFC 9113, section 5.5)."""
        self._state.count_control_frame()


def _require_connection(stream_id: int, kind: str) -> None:
    if stream_id:
        raise Http2ConnectionError(ErrorCode.PROTOCOL_ERROR, f"{kind} on a stream")
