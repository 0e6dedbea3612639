"""The state of an HTTP/2 connection, without I/O (RFC 9113). `Connection` documents how it is used."""

from collections.abc import Callable
from time import monotonic

from asyncio_grpc_http2._http2 import frames, header_blocks
from asyncio_grpc_http2._http2.connection_frames import ConnectionFrames
from asyncio_grpc_http2._http2.errors import ErrorCode, Http2ConnectionError
from asyncio_grpc_http2._http2.events import Events
from asyncio_grpc_http2._http2.frame_reader import FrameReader
from asyncio_grpc_http2._http2.limits import Limits
from asyncio_grpc_http2._http2.state import State
from asyncio_grpc_http2._http2.stream import Stream
from asyncio_grpc_http2._http2.stream_frames import StreamFrames


class Connection:
    """One HTTP/2 connection, of a client or a server, as a state machine without I/O.

    Bytes in: the owner passes what its transport reads to `receive`, which calls the methods of `Events`.

    Bytes out: `Events.output_ready` is called when frames begin to wait. The owner then takes them with
    `sender.take_output`, once in the next turn of the event loop, so that one write has the frames of all streams.
    It tells `sender.set_transport_paused` when the transport's buffer is full and when it has room again.

    Sending: `sender.message` queues a header block, data and trailers at one time if the windows allow it, else in
    pieces as they open; `Events.stream_flushed` then tells when all are out. `sender.headers` queues a header
    block alone. `encode_headers` makes header blocks.

    Receiving: `Events.stream_data` gets what came. The owner calls `consumed` for octets that it holds no
    more, and `expect` for a message that is larger than what came of it, so that it gets window.

    Errors: a peer that breaks a rule or limit of a stream gets RST_STREAM and the owner `stream_reset`; one that
    breaks those of the connection gets GOAWAY and the owner `connection_failed`.

    A client opens streams with `open_stream`. Streams are in `streams.open` until both sides have ended them, or one
    of them has reset them. A server that responds before the request has ended resets the stream with NO_ERROR
    after its response.
    """

    def __init__(
        self,
        events: Events,
        *,
        client: bool,
        limits: Limits,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        state = State(events, client=client, limits=limits, clock=clock)
        self._state = state
        self._events = events
        self._limits = limits
        self._client = client
        self.failed: Http2ConnectionError | None = None
        """The error that ended the connection: nothing is received any more."""
        self.streams = state.streams
        self.sender = state.sender
        self.peer = state.peer
        """The peer's SETTINGS."""
        self.reset = state.reset
        self.consumed = state.windows.consumed
        self.expect = state.windows.expect
        handlers = StreamFrames(state).handlers | ConnectionFrames(state).handlers
        self._reader = FrameReader(limits, handlers, expects_preface=not client)

    def start(self) -> None:
        """Queues the preface of a client, SETTINGS, and the connection's window."""
        limits = self._limits
        values = {
            frames.SETTINGS_HEADER_TABLE_SIZE: header_blocks.TABLE_BYTES,
            frames.SETTINGS_INITIAL_WINDOW_SIZE: limits.stream_window_bytes,
            frames.SETTINGS_MAX_HEADER_LIST_SIZE: limits.header_list_bytes,
        }
        if self._client:
            values[frames.SETTINGS_ENABLE_PUSH] = 0
        else:
            values[frames.SETTINGS_MAX_CONCURRENT_STREAMS] = limits.concurrent_streams
        preface = frames.PREFACE if self._client else b""
        increment = limits.connection_window_bytes - 65_535
        self.sender.write(
            preface + frames.settings_frame(values) + frames.window_update(0, increment)
        )

    def receive(self, data: bytes) -> None:
        """Handles bytes from the peer; after an error of the connection they are ignored."""
        if self.failed:
            return
        try:
            self._reader.receive(data)
        except Http2ConnectionError as error:
            self.fail(error)
            return
        if self.sender.pending_bytes > self._limits.output_bytes:
            text = "frames wait for a peer that doesn't read"
            self.fail(Http2ConnectionError(ErrorCode.ENHANCE_YOUR_CALM, text))

    def fail(self, error: Http2ConnectionError) -> None:
        """Ends the connection with GOAWAY."""
        self.failed = error
        self.sender.write(frames.goaway(self.streams.last_peer_id, error.code, error.text))
        self._events.connection_failed(error)

    @property
    def accepts_streams(self) -> bool:
        """Whether a server takes new streams: until `shut_down`."""
        return self._state.accepts_streams

    def open_stream(self) -> Stream:
        """Opens a client's stream; the caller sends its HEADERS at once, so that ids are sent in their order."""
        return self.streams.new(self.sender.initial_window)

    def ping(self, payload: bytes) -> None:
        """Queues PING with a payload of eight octets."""
        self.sender.write(frames.ping(payload))

    def announce_shutdown(self) -> None:
        """Tells a client to open no more streams; those that are on their way are still accepted."""
        self.sender.write(frames.goaway(frames.STREAM_ID_MAX, ErrorCode.NO_ERROR))

    def shut_down(self) -> None:
        """Accepts no more streams; those that are open may end."""
        if self.accepts_streams:
            self._state.accepts_streams = False
            self.sender.write(frames.goaway(self.streams.last_peer_id, ErrorCode.NO_ERROR))
