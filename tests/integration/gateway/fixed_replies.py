"""A gRPC server with every unary method of the shop, whose replies depend on the request's bytes only."""

import asyncio
import hashlib
import threading
from collections.abc import Callable
from typing import Any, Self

import grpc
from google.protobuf.any_pb2 import Any as AnyMessage
from google.protobuf.descriptor import Descriptor
from google.protobuf.descriptor_pool import Default
from google.protobuf.message_factory import GetMessageClass
from google.rpc.error_details_pb2 import ErrorInfo
from google.rpc.status_pb2 import Status
from grpc_status import rpc_status

from shop.services_gateway import OPERATIONS

START_SECONDS_MAX = 20.0
Context = grpc.aio.ServicerContext[Any, Any]


class FixedReplies:
    """A context manager that serves on a thread and an event loop of its own."""

    def __init__(self) -> None:
        self.address = ""
        self._loop = asyncio.new_event_loop()
        self._started = threading.Event()
        self._stop = asyncio.Event()
        self._thread = threading.Thread(target=self._loop.run_until_complete, args=[self._serve()])

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._started.wait(START_SECONDS_MAX), "the services don't start"
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()
        self._loop.close()

    async def _serve(self) -> None:
        server = grpc.aio.server()
        services: dict[str, dict[str, Any]] = {}
        for operation in OPERATIONS:
            method = operation.rpc.rpartition("/")[2]
            descriptor = Default().FindMethodByName(f"{operation.service}.{method}")
            handler: Any = grpc.unary_unary_rpc_method_handler(_reply(descriptor.output_type))
            services.setdefault(operation.service, {})[method] = handler
        server.add_generic_rpc_handlers(
            tuple(
                grpc.method_handlers_generic_handler(service, handlers)
                for service, handlers in services.items()
            )
        )
        self.address = f"127.0.0.1:{server.add_insecure_port('127.0.0.1:0')}"
        await server.start()
        self._started.set()
        await self._stop.wait()
        await server.stop(0)


def _reply(output: Descriptor) -> Callable[[bytes, Context], Any]:
    async def reply(request: bytes, context: Context) -> bytes:
        choice = hashlib.sha256(request).digest()[0] % 6
        metadata = [
            ("got", ",".join(sorted(key for key, _ in context.invocation_metadata() or ())))
        ]
        if choice == 0:
            detail = AnyMessage()
            detail.Pack(ErrorInfo(reason="ORDER_NOT_FOUND", domain="orders.shop"))
            status = Status(code=grpc.StatusCode.NOT_FOUND.value[0], message="é", details=[detail])
            await context.abort_with_status(rpc_status.to_status(status))
        if choice == 1:
            await context.abort(grpc.StatusCode.UNAVAILABLE, "not now", tuple(metadata))
        if choice == 2:
            await context.send_initial_metadata((("idempotent-replayed", "true"), *metadata))
            context.set_trailing_metadata((("cost", "3"), ("raw-bin", b"\x00\xff")))
        message = GetMessageClass(output)()
        _fill(message, request.hex())
        data: bytes = message.SerializeToString(deterministic=True)
        return data

    return reply


def _fill(message: Any, text: str) -> None:
    """Sets every field, lists to two items."""
    for field in message.DESCRIPTOR.fields:
        if field.message_type is not None:
            if field.is_repeated:
                for item in (
                    getattr(message, field.name).add(),
                    getattr(message, field.name).add(),
                ):
                    _fill(item, text)
            else:
                _fill(getattr(message, field.name), text)
        elif field.type == field.TYPE_STRING:
            setattr(message, field.name, f'{field.name} é"\\\n {text}')
        else:
            setattr(message, field.name, 1)
