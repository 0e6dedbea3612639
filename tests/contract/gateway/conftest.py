"""Go's example gateway and this one, in front of the same example gRPC server."""

import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from embedded_stack.testing import free_ports
from tests.contract.gateway.go_examples import build, copy_protos
from tests.transcode import transcode

START_SECONDS_MAX = 60


@dataclass(frozen=True)
class Gateways:
    go: httpx.Client
    ours: httpx.Client


@pytest.fixture(scope="session")
def gateways(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateways]:
    grpc_server, go_gateway = build()
    protos = tmp_path_factory.mktemp("protos")
    copy_protos(protos)
    backend, go, ours = (f"127.0.0.1:{port}" for port in free_ports(3))
    port = ours.rpartition(":")[2]
    with ExitStack() as stack:
        stack.enter_context(_process(backend, [grpc_server, "-addr", backend]))
        stack.enter_context(_process(go, [go_gateway, "-addr", go, "-endpoint", backend]))
        options = ["--int64", "string", "--field-names", "json"]
        stack.enter_context(_process(ours, transcode(protos, backend, port, *options)))
        yield Gateways(
            stack.enter_context(httpx.Client(base_url=f"http://{go}")),
            stack.enter_context(httpx.Client(base_url=f"http://{ours}")),
        )


@contextmanager
def _process(address: str, command: Sequence[str | Path]) -> Iterator[None]:
    """Runs a server until it is no longer needed; returns once it listens."""
    process = subprocess.Popen(list(map(str, command)))
    try:
        host, _, port = address.rpartition(":")
        deadline = time.monotonic() + START_SECONDS_MAX
        while True:
            assert process.poll() is None, f"{command[0]} ended with {process.returncode}"
            assert time.monotonic() < deadline, f"{command[0]} does not listen on {address}"
            try:
                socket.create_connection((host, int(port)), timeout=1).close()
                break
            except OSError:
                time.sleep(0.05)
        yield
    finally:
        process.terminate()
        process.wait(timeout=30)
