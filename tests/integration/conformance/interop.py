"""The service of grpc's interop cases, on asyncio-grpc-http2."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import grpc
from google.protobuf import descriptor_pool
from google.protobuf.descriptor_pb2 import FileDescriptorSet
from google.protobuf.message_factory import GetMessageClass
from grpc_tools import protoc

from asyncio_grpc_http2 import Server

PROTO = Path(__file__).with_name("interop.proto")
SERVICE = "grpc.testing.TestService"
INITIAL, TRAILING = "x-grpc-test-echo-initial", "x-grpc-test-echo-trailing-bin"
CODES = {code.value[0]: code for code in grpc.StatusCode}


class Messages:
    """The message classes of interop.proto, such as `messages.SimpleRequest`."""

    def __init__(self, folder: Path) -> None:
        image = folder / "interop.binpb"
        words = [f"-I{PROTO.parent}", f"--descriptor_set_out={image}", str(PROTO)]
        assert protoc.main(["protoc", *words]) == 0
        self._pool = descriptor_pool.DescriptorPool()
        for file in FileDescriptorSet.FromString(image.read_bytes()).file:
            self._pool.Add(file)

    def __getattr__(self, name: str) -> Any:
        return GetMessageClass(self._pool.FindMessageTypeByName(f"grpc.testing.{name}"))


class TestService:
    """What the interop cases call."""

    __test__ = False

    def __init__(self, messages: Messages) -> None:
        self._messages = messages

    async def empty_call(self, request: Any, context: Any) -> Any:
        return request

    async def unary_call(self, request: Any, context: Any) -> Any:
        await self._echo(request, context)
        response = self._messages.SimpleResponse()
        response.payload.body = bytes(request.response_size)
        return response

    async def streaming_output_call(self, request: Any, context: Any) -> AsyncIterator[Any]:
        for parameters in request.response_parameters:
            await asyncio.sleep(parameters.interval_us / 1e6)
            response = self._messages.StreamingOutputCallResponse()
            response.payload.body = bytes(parameters.size)
            yield response

    async def streaming_input_call(self, requests: AsyncIterator[Any], context: Any) -> Any:
        size = 0
        async for request in requests:
            size += len(request.payload.body)
        return self._messages.StreamingInputCallResponse(aggregated_payload_size=size)

    async def full_duplex_call(
        self, requests: AsyncIterator[Any], context: Any
    ) -> AsyncIterator[Any]:
        async for request in requests:
            await self._echo(request, context)
            async for response in self.streaming_output_call(request, context):
                yield response

    async def _echo(self, request: Any, context: Any) -> None:
        metadata = dict(context.invocation_metadata())
        if INITIAL in metadata:
            await context.send_initial_metadata(((INITIAL, metadata[INITIAL]),))
        if TRAILING in metadata:
            context.set_trailing_metadata(((TRAILING, metadata[TRAILING]),))
        if request.response_status.code:
            await context.abort(
                CODES[request.response_status.code], request.response_status.message
            )


@asynccontextmanager
async def interop_server(messages: Messages) -> AsyncIterator[int]:
    """Serves the interop service for the length of the block; gives its port."""
    service = TestService(messages)

    def decode(name: str) -> Any:
        return getattr(messages, name).FromString

    def encode(message: Any) -> Any:
        return message.SerializeToString()

    handlers: dict[str, Any] = {
        "EmptyCall": grpc.unary_unary_rpc_method_handler(
            service.empty_call, decode("Empty"), encode
        ),
        "UnaryCall": grpc.unary_unary_rpc_method_handler(
            service.unary_call, decode("SimpleRequest"), encode
        ),
        "StreamingOutputCall": grpc.unary_stream_rpc_method_handler(
            service.streaming_output_call, decode("StreamingOutputCallRequest"), encode
        ),
        "StreamingInputCall": grpc.stream_unary_rpc_method_handler(
            service.streaming_input_call, decode("StreamingInputCallRequest"), encode
        ),
        "FullDuplexCall": grpc.stream_stream_rpc_method_handler(
            service.full_duplex_call, decode("StreamingOutputCallRequest"), encode
        ),
    }
    server = Server()
    server.add_registered_method_handlers(SERVICE, handlers)
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    try:
        yield port
    finally:
        await server.stop(None)
