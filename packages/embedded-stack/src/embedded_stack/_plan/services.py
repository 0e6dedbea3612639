"""The system's own processes, and how each one is told where the others are."""

import os
from collections.abc import Awaitable, Callable
from functools import partial

import grpc
import httpx
from grpc_health.v1 import health_pb2, health_pb2_grpc

from embedded_stack._plan.copies import Copy
from embedded_stack._plan.endpoints import Endpoints
from embedded_stack._plan.settings import Part
from embedded_stack._supervisor.process import Command
from embedded_stack.environment import gateway_settings, python

PROBE_SECONDS_MAX = 2.0
DIRECT = (("grpc.enable_http_proxy", 0),)
"""A proxy of the caller's can't reach loopback here."""


NEEDS = {
    Part.ORDERS: ("orders_database_url",),
    Part.PAYMENTS: ("payments_database_url",),
    Part.GATEWAY: ("orders_grpc_address", "payments_grpc_address"),
}
"""What each service is told: the gateway knows no database, and no service another one's."""

LISTENS = {
    Part.ORDERS: "ORDERS_GRPC_ADDRESS",
    Part.PAYMENTS: "PAYMENTS_GRPC_ADDRESS",
    Part.GATEWAY: "GATEWAY_ADDRESS",
}
"""The setting that tells a process its own address."""


def command(copy: Copy, endpoints: Endpoints) -> Command:
    """A service process."""
    environment = {**endpoints.environment(*NEEDS[copy.part]), LISTENS[copy.part]: copy.address}
    if copy.part is Part.GATEWAY:
        environment = gateway_settings() | environment
    else:
        environment |= endpoints.messaging
    return Command(copy.name, python(copy.part.value), environment | _logging())


def _logging() -> dict[str, str]:
    # Only for our own processes: the registry, too, reads a LOG_LEVEL.
    return {name: os.environ[name] for name in ("LOG_FORMAT", "LOG_LEVEL") if name in os.environ}


def probe(copy: Copy) -> Callable[[], Awaitable[bool]]:
    """What tells whether a service process does its work."""
    if copy.part is Part.GATEWAY:
        return partial(healthy, f"http://{copy.address}/healthz")
    return partial(serving, copy.address)


def register(endpoints: Endpoints) -> Command:
    """The deploy step that registers the event schemas and makes the topics."""
    words = (*python("events"), "register")
    return Command("register", words, endpoints.messaging | _logging())


async def serving(address: str) -> bool:
    """Whether a gRPC server says that it is SERVING."""
    async with grpc.aio.insecure_channel(address, options=DIRECT) as channel:
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
    async with httpx.AsyncClient(timeout=PROBE_SECONDS_MAX, trust_env=False) as client:
        try:
            return (await client.get(url)).status_code == httpx.codes.OK
        except httpx.TransportError:
            return False
