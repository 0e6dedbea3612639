"""A gRPC server with every method of the shop, in which all resources have one owner; it records the metadata of calls."""

import asyncio
import threading
from collections.abc import Callable
from typing import Any

import grpc
from google.protobuf.any_pb2 import Any as AnyMessage
from google.rpc.error_details_pb2 import ErrorInfo
from google.rpc.status_pb2 import Status
from grpc_status import rpc_status

from grpc_gateway_python import Operation
from shop.orders.v1.error_reason_errors import order_not_found
from tests.integration.gateway.threaded_services import Context, ThreadedServices

MISSING = "00000000-0000-4000-8000-000000000404"
"""The id of a resource that doesn't exist."""


class OwnedReplies(ThreadedServices):
    """Serves the resources of one owner."""

    def __init__(self, owner: str) -> None:
        super().__init__()
        self.metadata: list[dict[str, str | bytes]] = []
        """The metadata of each call."""
        self.owner = owner

    async def before_reply(self) -> None:
        """Lets a call go on; a subclass may hold it."""

    @staticmethod
    async def until(event: threading.Event) -> None:
        """Waits for an event of another thread."""
        await asyncio.to_thread(event.wait)

    def handler(self, operation: Operation) -> Any:
        """Returns what serves a method; a subclass may serve it otherwise."""
        return grpc.unary_unary_rpc_method_handler(self.reply(operation))

    def reply(self, operation: Operation) -> Callable[[bytes, Context], Any]:
        async def reply(data: bytes, context: Context) -> bytes:
            self.metadata.append(dict(context.invocation_metadata() or ()))
            await self.before_reply()
            request: Any = operation.request.FromString(data)
            if getattr(request, "order_id", "") == MISSING:
                await context.abort_with_status(rpc_status.to_status(_missing()))
            response = operation.response()
            self.fill(response, self.owner)
            return response.SerializeToString()

        return reply

    def fill(self, message: Any, owner: str) -> None:
        """Sets the owner in a message and all messages in it."""
        for field in message.DESCRIPTOR.fields:
            if field.is_repeated:
                continue
            if field.message_type is not None:
                self.fill(getattr(message, field.name), owner)
            elif field.name == "user_id":
                message.user_id = owner


def _missing() -> Status:
    error = order_not_found(order_id=MISSING)
    detail = AnyMessage()
    detail.Pack(ErrorInfo(reason=error.reason, domain="orders.shop", metadata=error.metadata))
    return Status(code=error.code.value[0], message=error.message, details=[detail])
