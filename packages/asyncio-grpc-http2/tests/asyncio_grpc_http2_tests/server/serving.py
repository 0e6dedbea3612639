"""A server on a free port of the loopback, with methods that tests call."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import grpc

from asyncio_grpc_http2 import RpcMethodHandler, Server, ServerOptions, ServicerContext, StatusCode

SERVICE = "test.Service"


class Servicer:
    """Methods whose requests and responses are bytes."""

    def __init__(self) -> None:
        self.began = asyncio.Event()
        self.cancelled = asyncio.Event()
        self.release = asyncio.Event()

    async def echo(self, request: bytes, context: ServicerContext) -> bytes:
        return request

    async def metadata(self, request: bytes, context: ServicerContext) -> bytes:
        received = [
            (name, value)
            for name, value in context.invocation_metadata()
            if name.startswith("test-")
        ]
        await context.send_initial_metadata(received)
        context.set_trailing_metadata([("test-trailing-bin", b"\0\xff")])
        return request

    async def abort(self, request: bytes, context: ServicerContext) -> bytes:
        trailing = [("grpc-status-details-bin", b"\x08\x05")]
        await context.abort(StatusCode.NOT_FOUND, request.decode(), trailing)
        raise AssertionError

    async def fail(self, request: bytes, context: ServicerContext) -> bytes:
        raise ValueError("a secret")

    async def wait(self, request: bytes, context: ServicerContext) -> bytes:
        self.began.set()
        try:
            await self.release.wait()
        except asyncio.CancelledError:
            self.cancelled.set()
            raise
        return request

    async def count(self, request: bytes, context: ServicerContext) -> AsyncIterator[bytes]:
        for number in range(int(request)):
            yield bytes(number)

    async def pour(self, request: bytes, context: ServicerContext) -> None:
        self.began.set()
        try:
            while True:
                await context.write(bytes(int(request)))
        except asyncio.CancelledError:
            self.cancelled.set()
            raise

    async def sum(self, requests: AsyncIterator[bytes], context: ServicerContext) -> bytes:
        return b"%d" % sum([len(request) async for request in requests])

    async def chat(
        self, requests: AsyncIterator[bytes], context: ServicerContext
    ) -> AsyncIterator[bytes]:
        async for request in requests:
            yield b"you said " + request

    def handlers(self) -> dict[str, RpcMethodHandler]:
        unary = ("echo", "metadata", "abort", "fail", "wait")
        handlers: dict[str, RpcMethodHandler] = {
            name: RpcMethodHandler(unary_unary=getattr(self, name)) for name in unary
        }
        handlers["count"] = RpcMethodHandler(response_streaming=True, unary_stream=self.count)
        handlers["pour"] = RpcMethodHandler(response_streaming=True, unary_stream=self.pour)
        handlers["sum"] = RpcMethodHandler(request_streaming=True, stream_unary=self.sum)
        handlers["chat"] = RpcMethodHandler(
            request_streaming=True, response_streaming=True, stream_stream=self.chat
        )
        return handlers


class Serving:
    """The server, its servicer, and a grpcio client."""

    def __init__(self, server: Server, servicer: Servicer, address: str, channel: Any) -> None:
        self.server = server
        self.servicer = servicer
        self.address = address
        self.channel = channel

    def call(self, name: str, request: bytes = b"", **options: Any) -> Any:
        return self.channel.unary_unary(f"/{SERVICE}/{name}")(request, **{"timeout": 30, **options})

    def stream(self, name: str, request: bytes = b"", **options: Any) -> Any:
        return self.channel.unary_stream(f"/{SERVICE}/{name}")(
            request, **{"timeout": 30, **options}
        )


@asynccontextmanager
async def serving(
    address: str = "127.0.0.1:0", tls: Any = None, credentials: Any = None, **options: Any
) -> AsyncIterator[Serving]:
    server = Server(ServerOptions(**options))
    servicer = Servicer()
    server.add_registered_method_handlers(SERVICE, servicer.handlers())
    port = (
        server.add_secure_port(address, tls)
        if tls is not None
        else server.add_insecure_port(address)
    )
    target = address.replace(":0", f":{port}") if port else address
    await server.start()
    no_limit = [("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1)]
    channel = (
        grpc.aio.secure_channel(target.replace("127.0.0.1", "localhost"), credentials, no_limit)
        if credentials is not None
        else grpc.aio.insecure_channel(target, no_limit)
    )
    try:
        yield Serving(server, servicer, target, channel)
    finally:
        await channel.close()
        await server.stop(None)
