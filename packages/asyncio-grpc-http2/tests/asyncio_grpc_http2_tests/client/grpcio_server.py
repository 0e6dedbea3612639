"""A server of grpcio, in the event loop of the test."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import grpc

SERVICE = "test.Service"
LARGE_BYTES = 1_000_000
Context = grpc.aio.ServicerContext[bytes, bytes]


class Service:
    """Methods from bytes to bytes. The attributes tell what reached them."""

    def __init__(self) -> None:
        self.cancelled = asyncio.Event()
        self.began = asyncio.Event()
        self.sent = 0
        self.metadata: list[tuple[str, str | bytes]] = []

    async def echo(self, request: bytes, context: Context) -> bytes:
        return request

    async def describe(self, request: bytes, context: Context) -> bytes:
        self.metadata = [(key, value) for key, value in context.invocation_metadata() or ()]
        await context.send_initial_metadata((("first", "1"), ("first-bin", b"\x00\xff")))
        context.set_trailing_metadata((("last", "2"), ("last-bin", b"\x01")))
        return b"done"

    async def fail(self, request: bytes, context: Context) -> bytes:
        context.set_trailing_metadata((("why", "asked for"),))
        await context.abort(grpc.StatusCode.NOT_FOUND, "kein Glück, 100 % ☹")
        raise AssertionError

    async def wait(self, request: bytes, context: Context) -> bytes:
        self.began.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            self.cancelled.set()
            raise
        raise AssertionError

    async def count(self, request: bytes, context: Context) -> AsyncIterator[bytes]:
        await context.send_initial_metadata((("first", "1"),))
        context.add_done_callback(self._ended)  # type: ignore[arg-type]  # stubs have the client's
        for number in range(int(request)):
            yield b"%d" % number + b"x" * 20_000
            self.sent += 1

    def _ended(self, _: Any) -> None:
        self.cancelled.set()

    async def broken(self, request: bytes, context: Context) -> AsyncIterator[bytes]:
        yield b"x" * LARGE_BYTES
        await context.abort(grpc.StatusCode.DATA_LOSS, "lost")


@asynccontextmanager
async def grpcio_server(
    address: str = "127.0.0.1:0",
    credentials: grpc.ServerCredentials | None = None,
    prepare: Callable[[grpc.aio.Server], None] = lambda _: None,
    options: tuple[tuple[str, Any], ...] = (),
) -> AsyncIterator[tuple[Service, str]]:
    """Serves for the length of the block; gives the service and its target."""
    service = Service()
    server = grpc.aio.server(options=(("grpc.so_reuseport", 0), *options))
    unary, stream = grpc.unary_unary_rpc_method_handler, grpc.unary_stream_rpc_method_handler
    handlers: dict[str, Any] = {
        "Echo": unary(service.echo),
        "Describe": unary(service.describe),
        "Fail": unary(service.fail),
        "Wait": unary(service.wait),
        "Count": stream(service.count),
        "Broken": stream(service.broken),
    }
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(SERVICE, handlers),))
    prepare(server)
    if credentials is None:
        port = server.add_insecure_port(address)
    else:
        port = server.add_secure_port(address, credentials)
    await server.start()
    try:
        yield service, address if address.startswith("unix") else f"127.0.0.1:{port}"
    finally:
        await server.stop(None)
