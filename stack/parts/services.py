"""The system's own processes, and how each one is told where the others are."""

import sys

import grpc
import httpx
from grpc_health.v1 import health_pb2, health_pb2_grpc

from stack.endpoints import Endpoints
from stack.process import Command
from stack.settings import Part

PROBE_SECONDS_MAX = 2.0


NEEDS = {
    Part.ORDERS: ("orders_grpc_address", "orders_database_url"),
    Part.PAYMENTS: ("payments_grpc_address", "payments_database_url"),
    Part.GATEWAY: ("gateway_address", "orders_grpc_address", "payments_grpc_address"),
}
"""What each service is told: the gateway knows no database, and no service another one's."""


def command(part: Part, endpoints: Endpoints) -> Command:
    """A service process."""
    messaging = {} if part is Part.GATEWAY else endpoints.messaging
    environment = {**messaging, **endpoints.environment(*NEEDS[part])}
    return Command(part, (sys.executable, "-m", part.value), environment)


def register(endpoints: Endpoints) -> Command:
    """The deploy step that registers the event schemas and makes the topics."""
    words = (sys.executable, "-m", "runtime.messaging", "register")
    return Command("register", words, endpoints.messaging)


async def serving(address: str) -> bool:
    """Whether a gRPC server says that it is SERVING."""
    async with grpc.aio.insecure_channel(address) as channel:
        stub = health_pb2_grpc.HealthStub(channel)
        try:
            answer = await stub.Check(  # type: ignore[attr-defined] # the stubs leave it out
                health_pb2.HealthCheckRequest(), timeout=PROBE_SECONDS_MAX
            )
        except grpc.aio.AioRpcError:
            return False
    return bool(answer.status == health_pb2.HealthCheckResponse.SERVING)


async def healthy(url: str) -> bool:
    """Whether a URL answers 200."""
    async with httpx.AsyncClient(timeout=PROBE_SECONDS_MAX) as client:
        try:
            return (await client.get(url)).status_code == httpx.codes.OK
        except httpx.TransportError:
            return False
