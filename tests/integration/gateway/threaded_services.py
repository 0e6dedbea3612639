"""A gRPC server with every method of the shop, on a thread and an event loop of its own."""

import asyncio
import threading
from abc import ABC, abstractmethod
from typing import Any, Self

import grpc

from grpc_gateway_python import Operation
from shop.services_gateway import OPERATIONS

START_SECONDS_MAX = 20.0
Context = grpc.aio.ServicerContext[Any, Any]


class ThreadedServices(ABC):
    """A context manager that serves; a subclass says how each method responds."""

    def __init__(self) -> None:
        self.address = ""
        self._loop = asyncio.new_event_loop()
        self._started = threading.Event()
        self._stop = asyncio.Event()
        self._thread = threading.Thread(target=self._loop.run_until_complete, args=[self._serve()])

    @abstractmethod
    def handler(self, operation: Operation) -> Any:
        """Returns the handler of a method, as grpc makes it."""

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
        for operation in OPERATIONS:
            method = operation.rpc.rpartition("/")[2]
            handlers = {method: self.handler(operation)}
            generic = grpc.method_handlers_generic_handler(operation.service, handlers)
            server.add_generic_rpc_handlers((generic,))
        self.address = f"127.0.0.1:{server.add_insecure_port('127.0.0.1:0')}"
        await server.start()
        self._started.set()
        await self._stop.wait()
        await server.stop(0)
