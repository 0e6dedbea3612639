"""The gRPC server of a service."""

import asyncio
from typing import Any, TypeVar

import grpc
from grpc_health.v1 import health, health_pb2_grpc
from grpc_health.v1.health_pb2 import HealthCheckResponse
from grpc_reflection.v1alpha import reflection, reflection_pb2_grpc

from rpc_access import CallerTokenVerifier, LogRate
from transactional_grpc.database import Database
from transactional_grpc.server._access import AccessCheck
from transactional_grpc.server._rpc import Method, Service, StreamingMethod
from transactional_grpc.server._status import ErrorStatuses
from transactional_grpc.server._streaming import StreamingHandler
from transactional_grpc.server._streams import STREAMS_MAX, Streams
from transactional_grpc.server._transport import GrpcTransport, RpcLimit, listening_server
from transactional_grpc.server._unary import UnaryHandler

GOODBYE_SECONDS = 0.2
"""How long a server reports NOT_SERVING before it stops, so that clients that watch its health send no more
calls. gRPC cancels calls that reach a server while it stops."""
DRAIN_SECONDS_MAX = 10.0
"""How long a server that stops waits for the RPCs in progress."""

D = TypeVar("D")


class Server:
    """Serves health checks, which are NOT_SERVING until `ready`, and a service's RPCs.

    Args:
        address: host:port to listen on.
        transport: The implementation of gRPC.
        caller_tokens: Verifies the tokens of callers; without it, everybody may call every method.
        reflection: Whether everybody may list the services with their contracts.
        streams_max: How many streams there may be at once.

    Raises:
        PortInUseError: The address can't be bound.
    """

    def __init__(
        self,
        address: str,
        transport: GrpcTransport = GrpcTransport.ASYNCIO,
        *,
        caller_tokens: CallerTokenVerifier | None = None,
        reflection: bool = True,
        streams_max: int = STREAMS_MAX,
    ) -> None:
        self._caller_tokens = caller_tokens
        self._log_rate = LogRate()
        self._reflection = reflection
        self._health = health.aio.HealthServicer()
        self._rpc_limit = RpcLimit()
        self._streams = Streams(streams_max)
        self._server = listening_server(address, transport, streams_max)
        health_pb2_grpc.add_HealthServicer_to_server(self._health, self._server)

    def add(self, service: Service[D], database: Database[D]) -> None:
        """Serves a service's RPCs too; to be called before `start`."""
        statuses = ErrorStatuses(service.domain)
        handlers = {
            method.name: self._handler(method, database, statuses) for method in service.methods
        }
        generic = grpc.method_handlers_generic_handler(service.name, handlers)
        self._server.add_generic_rpc_handlers((generic,))
        if self._reflection:
            names = (service.name, health.SERVICE_NAME, reflection.SERVICE_NAME)
            add: Any = reflection_pb2_grpc.add_ServerReflectionServicer_to_server  # has no types
            add(reflection.aio.ReflectionServicer(names), self._server)

    async def start(self) -> None:
        """Accepts RPCs from now on."""
        await self._health.set(health.OVERALL_HEALTH, HealthCheckResponse.NOT_SERVING)
        await self._server.start()

    async def ready(self) -> None:
        """Makes health checks SERVING."""
        await self._health.set(health.OVERALL_HEALTH, HealthCheckResponse.SERVING)

    async def stop(self) -> None:
        """Reports NOT_SERVING, then ends streams, rejects new RPCs and waits for those in progress."""
        await self._health.enter_graceful_shutdown()
        await asyncio.sleep(GOODBYE_SECONDS)
        self._streams.end()
        await self._server.stop(DRAIN_SECONDS_MAX)

    def _handler(
        self,
        method: Method[D] | StreamingMethod[D],
        database: Database[D],
        statuses: ErrorStatuses,
    ) -> "grpc.RpcMethodHandler[bytes, bytes]":
        access = self._access_check(method)
        # gRPC asks for functions
        if isinstance(method, StreamingMethod):
            streaming = StreamingHandler(method, database, statuses, access, self._streams)
            return grpc.unary_stream_rpc_method_handler(streaming.__call__)
        unary = UnaryHandler(method, database, statuses, access, self._rpc_limit)
        return grpc.unary_unary_rpc_method_handler(unary.__call__)

    def _access_check(self, method: Method[D] | StreamingMethod[D]) -> AccessCheck | None:
        if self._caller_tokens is None:
            return None
        return AccessCheck(method.access, self._caller_tokens, self._log_rate)
