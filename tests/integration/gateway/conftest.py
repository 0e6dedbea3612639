"""The gateway as its own process, made by `just transcode` from the test contract."""

import os
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from embedded_stack.testing import free_ports
from grpc_gateway_python import GrpcTransport
from tests.integration.gateway.backend import Backend
from tests.transcode import transcode

PROTOS = Path(__file__).parent / "protos"
START_SECONDS_MAX = 60
DEFAULT = GrpcTransport(os.environ.get("GRPC_TRANSPORT", GrpcTransport.ASYNCIO.value))
"""What calls the services in tests that don't run with both; CI sets the variable to each of them."""
BOTH = pytest.mark.parametrize(
    "transport",
    GrpcTransport,
    ids=lambda transport: transport.value,
    indirect=True,
    scope="session",
)
"""Runs tests with either implementation of gRPC in the gateway."""


@pytest.fixture(scope="session")
def backend() -> Iterator[Backend]:
    server = Backend().start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def transport(request: pytest.FixtureRequest) -> GrpcTransport:
    """What calls the backend; modules about calls are parametrized with BOTH."""
    found: GrpcTransport = getattr(request, "param", DEFAULT)
    return found


@pytest.fixture(scope="session")
def address(backend: Backend, transport: GrpcTransport) -> Iterator[tuple[str, int]]:
    (port,) = free_ports(1)
    gateway = subprocess.Popen(
        transcode(PROTOS, f"127.0.0.1:{backend.port}", port, "--generate-unbound"),
        env=os.environ | {"GRPC_TRANSPORT": transport.value},
    )
    await_start(gateway, port)
    yield "127.0.0.1", port
    gateway.terminate()
    gateway.wait(timeout=30)


@pytest.fixture(scope="session")
def rest(address: tuple[str, int]) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=f"http://{address[0]}:{address[1]}", timeout=15) as client:
        yield client


def await_start(process: subprocess.Popen[bytes], port: int, host: str = "127.0.0.1") -> None:
    deadline = time.monotonic() + START_SECONDS_MAX
    while True:
        assert process.poll() is None, f"the gateway ended with {process.returncode}"
        assert time.monotonic() < deadline, "the gateway does not listen"
        try:
            socket.create_connection((host, port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
