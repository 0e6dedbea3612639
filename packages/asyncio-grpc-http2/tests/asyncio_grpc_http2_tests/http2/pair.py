"""A client's and a server's connection, joined without a transport."""

from typing import Any

from asyncio_grpc_http2._http2 import (
    Connection,
    ErrorCode,
    Events,
    Headers,
    Http2ConnectionError,
    Limits,
    Stream,
    encode_headers,
)

REQUEST = encode_headers(
    [
        (":method", "POST"),
        (":scheme", "http"),
        (":path", "/shop.Orders/Create"),
        ("te", "trailers"),
        ("content-type", "application/grpc"),
        ("x-request-id", "7"),
    ]
)
RESPONSE = encode_headers([(":status", "200"), ("content-type", "application/grpc")])
TRAILERS = encode_headers([("grpc-status", "0")])


class Recorder(Events):
    """Keeps the events of a connection, and gives the data of its streams back at once."""

    def __init__(self) -> None:
        self.connection: Connection
        self.seen: list[tuple[str, Any]] = []
        self.received: dict[int, bytes] = {}
        self.ended: set[int] = set()
        self.consumes = True

    def output_ready(self) -> None:
        pass

    def stream_headers(self, stream: Stream, headers: Headers, *, ended: bool) -> None:
        self.seen.append(("headers", headers))
        self._note_end(stream, ended)

    def stream_headers_too_large(self, stream: Stream) -> None:
        self.seen.append(("headers too large", stream.id))

    def stream_data(self, stream: Stream, data: bytes, *, ended: bool) -> None:
        self.received[stream.id] = self.received.get(stream.id, b"") + data
        if self.consumes:
            self.connection.consumed(stream, len(data))
        self._note_end(stream, ended)

    def _note_end(self, stream: Stream, ended: bool) -> None:
        if ended:
            self.ended.add(stream.id)

    def stream_flushed(self, stream: Stream) -> None:
        self.seen.append(("flushed", stream.id))

    def stream_reset(self, stream: Stream, code: ErrorCode | int, *, by_peer: bool) -> None:
        self.seen.append(("reset by peer" if by_peer else "reset", code))

    def settings_received(self) -> None:
        self.seen.append(("settings", None))

    def ping_acknowledged(self, payload: bytes) -> None:
        self.seen.append(("pong", payload))

    def goaway_received(self, last_stream_id: int, code: ErrorCode | int, text: str) -> None:
        self.seen.append(("goaway", (last_stream_id, code, text)))

    def connection_failed(self, error: Http2ConnectionError) -> None:
        self.seen.append(("failed", error.code))


class Pair:
    """Both ends; `run` passes their output to each other until there is none."""

    def __init__(self, client: Limits | None = None, server: Limits | None = None) -> None:
        self.client_events, self.server_events = Recorder(), Recorder()
        self.client = Connection(self.client_events, client=True, limits=client or Limits())
        self.server = Connection(self.server_events, client=False, limits=server or Limits())
        self.client_events.connection = self.client
        self.server_events.connection = self.server
        self.client.start()
        self.server.start()
        self.run()

    def run(self, piece_bytes: int = 1 << 20) -> None:
        """Passes the output in pieces of this size."""
        while True:
            to_server = self.client.sender.take_output()
            to_client = self.server.sender.take_output()
            if not to_server and not to_client:
                return
            for start in range(0, len(to_server), piece_bytes):
                self.server.receive(to_server[start : start + piece_bytes])
            for start in range(0, len(to_client), piece_bytes):
                self.client.receive(to_client[start : start + piece_bytes])

    def request(self, data: bytes = b"") -> Stream:
        """Sends a request that ends, and returns the client's stream."""
        stream = self.client.open_stream()
        self.client.sender.message(stream, REQUEST, data, end=True)
        return stream
