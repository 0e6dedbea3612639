"""Errors of both transports, provoked one by one: none contains an address, and none is taken for a service's error."""

import asyncio
import socket
import socketserver
import struct
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from threading import Thread
from typing import Any

import grpc
import pytest

from asyncio_grpc_http2 import RpcError
from grpc_gateway_python import GrpcTransport, Servers
from grpc_gateway_python._upstream import bounds
from grpc_gateway_python._upstream.backends import Backends
from grpc_gateway_python._upstream.transport_errors import transport_error, was_lost
from tests.integration.gateway.conftest import BOTH
from tests.integration.gateway.threaded_services import Context

pytestmark = BOTH
SETTINGS, RST_STREAM, PING, GOAWAY, HEADERS = 4, 3, 6, 7, 1
ACK = 1
END = 5
"""END_STREAM and END_HEADERS."""
SERVICE = "some.Service"
SECONDS = 5.0
POLL_SECONDS = 0.02
PREFACE_BYTES = 24
UNAVAILABLE, DEADLINE, INTERNAL = "SERVICE_UNAVAILABLE", "DEADLINE_EXCEEDED", "INTERNAL_ERROR"

Reaction = Callable[[int], bytes | None]
"""Stream id → the bytes that a server sends when a call begins; None closes the connection."""


def frame(kind: int, flags: int, stream: int, payload: bytes = b"") -> bytes:
    size = struct.pack(">I", len(payload))[1:]
    return size + bytes([kind, flags]) + struct.pack(">I", stream) + payload


def reset(code: int) -> Reaction:
    return lambda stream: frame(RST_STREAM, 0, stream, struct.pack(">I", code))


def status(code: bytes) -> Reaction:
    return lambda stream: frame(HEADERS, END, stream, bytes([0x08, len(code)]) + code)


def goaway(code: int) -> Reaction:
    return lambda _: frame(GOAWAY, 0, 0, struct.pack(">II", 0, code) + b"127.0.0.1")


@contextmanager
def black_hole() -> Iterator[str]:
    """Yields an address that neither accepts nor rejects connections: its backlog is full."""
    with socket.socket() as listener, ExitStack() as opened:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for _ in range(4):
            waiting = opened.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(listener.getsockname())
        yield "{}:{}".format(*listener.getsockname())


@contextmanager
def server(reaction: Reaction, pinged: Callable[[], None] = lambda: None) -> Iterator[str]:
    """Speaks just enough HTTP/2 to get a call; gives its address."""

    connections: list[socket.socket] = []

    class Connection(socketserver.StreamRequestHandler):
        timeout = SECONDS

        def handle(self) -> None:
            connections.append(self.connection)
            # A client may hang up at any moment.
            with suppress(OSError):
                self.wfile.write(frame(SETTINGS, 0, 0))
                self.rfile.read(PREFACE_BYTES)
                while (head := self.rfile.read(9)) and self.react(head):
                    pass

        def react(self, head: bytes) -> bool:
            payload = self.rfile.read(int.from_bytes(head[:3]))
            response: bytes | None = b""
            if head[3] == PING:
                pinged()
            if head[3] in {SETTINGS, PING} and not head[4] & ACK:
                response = frame(head[3], ACK, 0, payload if head[3] == PING else b"")
            elif head[3] == HEADERS:
                response = reaction(int.from_bytes(head[5:]))
            self.wfile.write(response or b"")
            return response is not None

    # Its end waits for the connections' threads, so that no test leaves one to the next.
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Connection) as listener:
        thread = Thread(target=listener.serve_forever, args=(POLL_SECONDS,))
        thread.start()
        try:
            yield "{}:{}".format(*listener.server_address[:2])
        finally:
            listener.shutdown()
            thread.join()
            # gRPC closes a channel's connections some time after the channel.
            for connection in connections:
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)


async def failure(address: str, transport: GrpcTransport, seconds: float) -> tuple[RpcError, float]:
    backends = Backends({SERVICE: Servers(address)}, transport)
    call = backends.unary(SERVICE, f"/{SERVICE}/Call")(b"", timeout=seconds, metadata=())
    try:
        with pytest.raises(RpcError) as caught:
            await call
    finally:
        await backends.close()
    return caught.value, call.time_remaining() or 0.0


def fail(
    address: str, transport: GrpcTransport, seconds: float = SECONDS
) -> tuple[RpcError, float]:
    return asyncio.run(failure(address, transport, seconds))


def fail_at(
    reaction: Reaction, transport: GrpcTransport, seconds: float = SECONDS
) -> tuple[RpcError, float]:
    with server(reaction) as address:
        return fail(address, transport, seconds)


@pytest.mark.parametrize(
    ("reaction", "reason"),
    [
        pytest.param(lambda _: None, UNAVAILABLE, id="closed"),
        pytest.param(reset(7), UNAVAILABLE, id="refused stream"),
        pytest.param(reset(8), UNAVAILABLE, id="cancelled stream"),
        pytest.param(reset(2), INTERNAL, id="broken stream"),
        pytest.param(goaway(0), UNAVAILABLE, id="goaway"),
        pytest.param(goaway(11), UNAVAILABLE, id="too many pings"),
        pytest.param(status(b"502"), UNAVAILABLE, id="502"),
        pytest.param(status(b"503"), UNAVAILABLE, id="503"),
        pytest.param(status(b"500"), INTERNAL, id="500"),
        pytest.param(status(b"401"), INTERNAL, id="401"),
        pytest.param(status(b"404"), INTERNAL, id="404"),
        pytest.param(reset(11), INTERNAL, id="enhance your calm"),
        pytest.param(status(b"200"), INTERNAL, id="no gRPC"),
        pytest.param(lambda _: b"HTTP/1.1 400 Bad Request\r\n\r\n", INTERNAL, id="HTTP/1.1"),
    ],
)
def test_errors_of_the_connection_are_not_the_services_errors(
    reaction: Reaction, reason: str, transport: GrpcTransport
) -> None:
    error, seconds_left = fail_at(reaction, transport)
    gateway_error = transport_error(error, seconds_left)
    assert gateway_error is not None, error.message
    assert gateway_error.reason == reason
    assert was_lost(error, seconds_left) == (reason == UNAVAILABLE)


def test_a_response_above_the_bound_is_not_the_services_error(transport: GrpcTransport) -> None:
    async def respond(_: bytes, __: Context) -> bytes:
        return bytes(bounds.MESSAGE_BYTES_MAX + 1)

    async def scenario() -> tuple[RpcError, float]:
        services = grpc.aio.server()
        handler: Any = grpc.unary_unary_rpc_method_handler(respond)
        services.add_generic_rpc_handlers(
            (grpc.method_handlers_generic_handler(SERVICE, {"Call": handler}),)
        )
        port = services.add_insecure_port("127.0.0.1:0")
        await services.start()
        try:
            return await failure(f"127.0.0.1:{port}", transport, SECONDS)
        finally:
            await services.stop(0)

    gateway_error = transport_error(*asyncio.run(scenario()))
    assert gateway_error is not None
    assert gateway_error.reason == INTERNAL


def test_a_silent_server_exceeds_the_deadline(transport: GrpcTransport) -> None:
    error, seconds_left = fail_at(lambda _: b"", transport, seconds=0.2)
    gateway_error = transport_error(error, seconds_left)
    assert gateway_error is not None, error.message
    assert gateway_error.reason == DEADLINE
    assert not was_lost(error, seconds_left)


@pytest.mark.parametrize("name", ["unknown.invalid", "127.0.0.1"])
def test_an_unreachable_server_is_an_error_at_once(name: str, transport: GrpcTransport) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        error, seconds_left = fail(f"{name}:{closed.getsockname()[1]}", transport, seconds=60)
    gateway_error = transport_error(error, seconds_left)
    assert gateway_error is not None, error.message
    assert gateway_error.reason == UNAVAILABLE
    assert seconds_left > 50


def test_an_address_that_drops_packets_is_an_error_within_a_second_or_so(
    transport: GrpcTransport,
) -> None:
    with black_hole() as address:
        error, seconds_left = fail(address, transport, seconds=60)
    gateway_error = transport_error(error, seconds_left)
    assert gateway_error is not None, error.message
    assert gateway_error.reason == UNAVAILABLE
    assert seconds_left > 50


@pytest.mark.parametrize("streams", [False, True], ids=["unary", "stream"])
def test_a_silent_stream_is_not_probed(
    monkeypatch: pytest.MonkeyPatch, transport: GrpcTransport, *, streams: bool
) -> None:
    """Servers end a connection with "Too many pings" after some minutes of that."""
    monkeypatch.setattr("grpc_gateway_python._upstream.bounds.KEEPALIVE_MS", 100)
    pings = 0

    def count() -> None:
        nonlocal pings
        pings += 1

    async def scenario(address: str) -> None:
        backends = Backends({SERVICE: Servers(address)}, transport)

        async def call() -> object:
            rpc = f"/{SERVICE}/Call"
            if streams:
                messages = backends.streaming(SERVICE, rpc)(b"", timeout=1, metadata=())
                return await anext(aiter(messages))
            return await backends.unary(SERVICE, rpc)(b"", timeout=1, metadata=())

        with pytest.raises(RpcError):
            await call()
        await backends.close()

    with server(lambda _: b"", count) as address:
        asyncio.run(scenario(address))
    assert bool(pings) != streams
