"""The commands of services and steps, and the probes that tell when a service is ready."""

import os
from collections.abc import Awaitable, Callable, Iterable, Mapping
from functools import partial

import grpc
import httpx
from grpc_health.v1 import health_pb2, health_pb2_grpc

from embedded_stack._plan import external
from embedded_stack._plan.copies import Copy
from embedded_stack._plan.endpoints import Endpoints
from embedded_stack._supervisor.process import Command
from embedded_stack.environment import python
from embedded_stack.topology import Step, Topology

PROBE_SECONDS_MAX = 2.0
DIRECT = (("grpc.enable_http_proxy", 0),)
"""The caller's proxy can't connect to this machine's loopback."""


def address_variable(topology: Topology, service: str) -> str:
    """Names the variable with a service's address, for itself and for the services that call it."""
    grpc_service = topology.services[service].protocol == "grpc"
    return f"{service}_grpc_address".upper() if grpc_service else f"{service}_address".upper()


def command(copy: Copy, topology: Topology, endpoints: Endpoints) -> Command:
    """Returns the command of a service's process.

    Its environment names only what the declaration says that it needs.
    """
    service = topology.services[copy.service]
    environment = base_environment(topology, service.settings)
    if service.migrations:
        url = endpoints.database_url(copy.service)
        environment[external.database_url(copy.service)] = url
    if service.messaging:
        environment |= endpoints.messaging_as(copy.service)
    for upstream in service.upstreams:
        environment[address_variable(topology, upstream)] = endpoints.address(upstream)
    environment[address_variable(topology, copy.service)] = copy.address
    if endpoints.auth:
        environment |= _filled(service.auth, endpoints.auth)
    environment |= _filled(service.messaging_values, endpoints.messaging_values)
    return Command(copy.name, python(topology.module(copy.service)), environment)


def _filled(settings: Mapping[str, str], values: Mapping[str, str]) -> dict[str, str]:
    return {name: text.format_map(values) for name, text in settings.items()}


def run_step(step: Step, topology: Topology, endpoints: Endpoints) -> Command:
    """Returns the command of a step before the services' start."""
    environment = {**endpoints.messaging_as(step.name), **base_environment(topology)}
    return Command(step.name, (*python(step.module), *step.arguments), environment)


def base_environment(topology: Topology, settings: Iterable[str] = ()) -> dict[str, str]:
    """Returns the variables that a process gets whatever servers it needs."""
    names = (*topology.settings, *settings)
    callers = {name: os.environ[name] for name in names if name in os.environ}
    folders = [str((topology.folder / folder).resolve()) for folder in topology.python_path]
    return {**callers, "PYTHONPATH": os.pathsep.join(folders)}


def probe(copy: Copy, topology: Topology) -> Callable[[], Awaitable[bool]]:
    """Returns the function that tells whether a service's process is ready."""
    service = topology.services[copy.service]
    if service.protocol == "http":
        return partial(healthy, f"http://{copy.address}{service.health}")
    return partial(serving, copy.address)


async def serving(address: str) -> bool:
    """Tells whether a gRPC server responds SERVING (grpc.health.v1)."""
    async with grpc.aio.insecure_channel(address, options=DIRECT) as channel:
        stub = health_pb2_grpc.HealthStub(channel)
        try:
            response = await stub.Check(  # type: ignore[attr-defined] # the stubs leave it out
                health_pb2.HealthCheckRequest(), timeout=PROBE_SECONDS_MAX
            )
        except grpc.aio.AioRpcError:
            return False
    return bool(response.status == health_pb2.HealthCheckResponse.SERVING)


async def healthy(url: str) -> bool:
    """Tells whether a URL responds 200."""
    async with httpx.AsyncClient(timeout=PROBE_SECONDS_MAX, trust_env=False) as client:
        try:
            return (await client.get(url)).status_code == httpx.codes.OK
        except httpx.TransportError:
            return False
