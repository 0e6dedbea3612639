"""A gRPC server with every unary method of the shop, whose replies depend on the request's bytes only."""

import hashlib
from collections.abc import Callable
from typing import Any

import grpc
from google.protobuf.any_pb2 import Any as AnyMessage
from google.protobuf.message import Message
from google.rpc.error_details_pb2 import ErrorInfo
from google.rpc.status_pb2 import Status
from grpc_status import rpc_status

from grpc_gateway_python import Operation
from tests.integration.gateway.threaded_services import Context, ThreadedServices


class FixedReplies(ThreadedServices):
    """Responds to equal requests alike."""

    def handler(self, operation: Operation) -> Any:
        return grpc.unary_unary_rpc_method_handler(_reply(operation.response))


def _reply(response: type[Message]) -> Callable[[bytes, Context], Any]:
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
        message = response()
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
