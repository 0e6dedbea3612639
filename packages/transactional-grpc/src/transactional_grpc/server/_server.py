"""The gRPC server of a service."""

import asyncio
from typing import TypeVar

import grpc
from grpc_health.v1 import health, health_pb2_grpc
from grpc_health.v1.health_pb2 import HealthCheckResponse
from grpc_reflection.v1alpha import reflection

from transactional_grpc.database import Database
from transactional_grpc.server._rpc import Service
from transactional_grpc.server._unary import UnaryHandler

MESSAGE_BYTES_MAX = 4 * 1024 * 1024
METADATA_BYTES_MAX = 64 * 1024
"""Metadata of one RPC, counted as HTTP/2 does: what fits into the gateway's 16 KiB of headers fits here."""
CONCURRENT_RPCS_MAX = 1000
"""RPCs in progress at once; more are rejected with RESOURCE_EXHAUSTED."""
PROBE_INTERVAL_MS_MIN = 500
"""The server closes connections whose clients probe more often."""
CONNECTION_AGE_MS_MAX = 5_000
"""The maximum age of a connection. Clients then look the name up again, so that new copies get their share
of calls. Calls in progress end on the old connection, however long they take."""
GOODBYE_SECONDS = 0.2
"""How long a server reports NOT_SERVING before it stops, so that clients that watch its health send no more
calls. gRPC cancels calls that reach a server while it stops."""
DRAIN_SECONDS_MAX = 10.0
"""How long a server that stops waits for the RPCs in progress."""

D = TypeVar("D")


class PortInUseError(Exception):
    """The address cannot be listened on; the text names it."""


class Server:
    """Serves health checks, which are NOT_SERVING until `ready`, and a service's RPCs."""

    def __init__(self, address: str) -> None:
        self._health = health.aio.HealthServicer()
        self._server = grpc.aio.server(
            maximum_concurrent_rpcs=CONCURRENT_RPCS_MAX,
            options=(
                ("grpc.max_receive_message_length", MESSAGE_BYTES_MAX),
                ("grpc.max_metadata_size", METADATA_BYTES_MAX),
                ("grpc.so_reuseport", 0),
                ("grpc.max_connection_age_ms", CONNECTION_AGE_MS_MAX),
                # Clients that spread their calls over copies probe each of them.
                ("grpc.http2.min_recv_ping_interval_without_data_ms", PROBE_INTERVAL_MS_MIN),
                ("grpc.keepalive_permit_without_calls", 1),
                # Pings that a busy machine delays arrive together: that is no abuse.
                ("grpc.http2.max_ping_strikes", 0),
            ),
        )
        health_pb2_grpc.add_HealthServicer_to_server(self._health, self._server)
        try:
            self._server.add_insecure_port(address)
        except RuntimeError:
            raise PortInUseError(f"cannot listen on {address}; is the port in use?") from None

    def add(self, service: Service[D], database: Database[D]) -> None:
        """Serves a service's RPCs too, with reflection; to be called before `start`."""
        handlers: dict[str, grpc.RpcMethodHandler[bytes, bytes]] = {
            method.name: grpc.unary_unary_rpc_method_handler(
                UnaryHandler(method, service.domain, database).__call__  # gRPC asks for a function
            )
            for method in service.methods
        }
        generic = grpc.method_handlers_generic_handler(service.name, handlers)
        self._server.add_generic_rpc_handlers((generic,))
        names = (service.name, health.SERVICE_NAME, reflection.SERVICE_NAME)
        reflection.enable_server_reflection(names, self._server)

    async def start(self) -> None:
        """Accepts RPCs from now on."""
        await self._health.set(health.OVERALL_HEALTH, HealthCheckResponse.NOT_SERVING)
        await self._server.start()

    async def ready(self) -> None:
        """Makes health checks SERVING."""
        await self._health.set(health.OVERALL_HEALTH, HealthCheckResponse.SERVING)

    async def stop(self) -> None:
        """Reports NOT_SERVING, then rejects new RPCs and waits for those in progress."""
        await self._health.enter_graceful_shutdown()
        await asyncio.sleep(GOODBYE_SECONDS)
        await self._server.stop(DRAIN_SECONDS_MAX)
