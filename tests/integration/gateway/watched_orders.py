"""A gRPC server whose WatchOrder streams what a test says."""

import asyncio
import threading
from collections import defaultdict
from collections.abc import AsyncIterator
from typing import Any

import grpc

from grpc_gateway_python import Operation
from shop.orders.v1.order_pb2 import Order
from shop.orders.v1.order_service_pb2 import WatchOrderRequest, WatchOrderResponse
from tests.integration.gateway.threaded_services import Context, ThreadedServices

END = object()
"""Ends the stream."""
Step = str | grpc.StatusCode | object


class WatchedOrders(ThreadedServices):
    """Streams an event for each status that a test adds to an order; another method responds with an empty message."""

    def __init__(self, description: str = "") -> None:
        """`description`: the description of each order."""
        super().__init__()
        self.requests: list[WatchOrderRequest] = []
        """The requests of all streams."""
        self.left = threading.Event()
        """Set when a client left its stream."""
        self.sent = 0
        """How many events gRPC has taken."""
        self._description = description
        self._steps: dict[str, asyncio.Queue[Step]] = defaultdict(asyncio.Queue)

    def add(self, order_id: str, *steps: Step) -> None:
        """Adds statuses, an error, or END to the stream of an order."""

        def put() -> None:
            for step in steps:
                self._steps[order_id].put_nowait(step)

        self._loop.call_soon_threadsafe(put)

    def handler(self, operation: Operation) -> Any:
        if operation.is_streaming:
            return grpc.unary_stream_rpc_method_handler(
                self._watch,
                WatchOrderRequest.FromString,
                lambda response: response.SerializeToString(),
            )

        async def respond(_: bytes, __: Context) -> bytes:
            return b""

        return grpc.unary_unary_rpc_method_handler(respond)

    async def _watch(
        self, request: WatchOrderRequest, context: Context
    ) -> AsyncIterator[WatchOrderResponse]:
        self.requests.append(request)
        steps = self._steps[request.order_id]
        try:
            while True:
                step = await steps.get()
                if step is END:
                    return
                if isinstance(step, grpc.StatusCode):
                    await context.abort(step, "as the test says")
                yield self._response(request.order_id, str(step))
                self.sent += 1
        except (asyncio.CancelledError, GeneratorExit):
            self.left.set()
            raise

    def _response(self, order_id: str, status: str) -> WatchOrderResponse:
        order = Order(id=order_id, description=self._description, status=Order.Status.Value(status))
        return WatchOrderResponse(event_id=status, order=order)
