"""Measures the REST gateway against Go's grpc-gateway, in turn, in front of one gRPC server with fixed replies.

`./justw bench gateway` prints the medians of all gateways and the medians of the rounds' ratios: CPU microseconds per
request, and the latencies. `--quick` takes about two minutes and measures 32 connections only. The gateway runs as one
process: it has no worker processes of its own.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from bench.measuring import go
from bench.measuring.cpu import cpu_used
from bench.measuring.load import Load
from bench.measuring.processes import alone, await_listener, folder, process
from bench.measuring.report import print_table
from bench.measuring.results import OURS, Results
from embedded_stack.testing import free_ports

BENCHMARK = "bench gateway"
USER = "7b1f8a52-6a0e-4f0e-9a3d-5d6f0c2b9e11"
ORDER = "01932c07-5c60-7cc1-a2a1-4b5c8c3c5f01"
MISSING = "00000000-0000-4000-8000-000000000404"
"""The id of the order for which the backend returns NOT_FOUND."""
BODY = f'{{"user_id":"{USER}","amount":1500,"description":"two books and a lamp"}}'
WARMUP_SECONDS = 1.0
CPU_CHART = "Gateway: CPU in us, 32 connections"
TAIL_CHART = "Gateway: p99 in ms, 32 connections"
CHARTED_CONNECTIONS = 32


@dataclass(frozen=True)
class Call:
    """A request that all gateways get."""

    method: str
    path: str
    body: str = ""
    statuses: tuple[int, ...] = (200,)


CALLS = {
    "GET": Call("GET", f"/orders/{ORDER}"),
    "POST": Call("POST", "/orders", BODY, (200, 201)),
    "list of 50": Call("GET", f"/orders?user_id={USER}&page_size=50"),
    "404": Call("GET", f"/orders/{MISSING}", statuses=(404,)),
}


@dataclass(frozen=True)
class Peer:
    """A gateway as a process."""

    name: str
    command: tuple[str | Path, ...]
    environment: dict[str, str]


@dataclass(frozen=True)
class Running:
    """A gateway that runs."""

    name: str
    pid: int
    load: Load


def main(
    quick: Annotated[bool, typer.Option(help="Measure 32 connections only: 2 minutes.")] = False,
    rounds: Annotated[int, typer.Option(min=1, help="Rounds.")] = 5,
    seconds: Annotated[float, typer.Option(min=0.5, help="The length of a measurement.")] = 2.0,
    json: Annotated[Path | None, typer.Option(help="The file to write the results to.")] = None,
) -> None:
    """Compares our gateway, with both transports, with Go's."""
    # Without this, SIGTERM would end the process without ending its children.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(f"{BENCHMARK}: terminated"))
    connections = (CHARTED_CONNECTIONS,) if quick else (1, 8, CHARTED_CONNECTIONS, 256)
    results = Results(
        benchmark=BENCHMARK,
        settings={
            "cores": str(os.cpu_count()),
            "load average at the start": f"{os.getloadavg()[0]:.2f}",
            "rounds": str(rounds),
        },
    )
    try:
        with ExitStack() as opened:
            opened.enter_context(alone())
            tell("building the peer")
            binaries = go.build()
            running = opened.enter_context(gateways(binaries))
            for number in connections:
                measure(results, running, number, rounds, seconds)
    except (RuntimeError, TimeoutError, subprocess.CalledProcessError) as error:
        sys.exit(f"{BENCHMARK}: {error}")
    finally:
        if json and results.rows:
            results.save(json)
    print_table(results, results.subjects)


@contextmanager
def gateways(binaries: Path) -> Iterator[list[Running]]:
    """Runs the backend and all gateways for the length of the block."""
    with ExitStack() as opened:
        logs = opened.enter_context(folder(go.ROOT / ".bench" / f"gateway-{os.getpid()}"))
        backend, *addresses = (f"127.0.0.1:{port}" for port in free_ports(4))
        command: list[str | Path] = [binaries / "backend", "-address", backend]
        inherited = {"PATH": os.environ["PATH"]}
        opened.enter_context(process("backend", command, inherited, logs / "backend.log"))
        await_listener(backend)
        services = {"ORDERS_GRPC_ADDRESS": backend, "PAYMENTS_GRPC_ADDRESS": backend}
        running = []
        for peer, address in zip(peers(binaries), addresses, strict=True):
            environment = inherited | services | peer.environment | {"GATEWAY_ADDRESS": address}
            log = logs / f"{peer.name}.log"
            pid = opened.enter_context(process(peer.name, peer.command, environment, log))
            await_listener(address)
            load = Load(binaries / "load", f"http://{address}")
            running.append(Running(peer.name, pid, load))
        yield running


def peers(binaries: Path) -> list[Peer]:
    """Returns all gateways; the first one is compared with the others."""
    ours = (sys.executable, "-m", "gateway")
    path = {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    return [
        Peer(OURS, ours, path | {"GRPC_TRANSPORT": "asyncio"}),
        Peer("ours, grpcio", ours, path | {"GRPC_TRANSPORT": "grpcio"}),
        Peer("go", (binaries / "gateway",), {}),
    ]


def measure(
    results: Results, running: list[Running], connections: int, rounds: int, seconds: float
) -> None:
    """Measures every call at every gateway, in turn."""
    for name, call in CALLS.items():
        for gateway in running:
            request(gateway, call, connections, WARMUP_SECONDS)
        for _ in range(rounds):
            for gateway in running:
                with cpu_used({"gateway": [gateway.pid]}) as used:
                    values = request(gateway, call, connections, seconds)
                values["cpu_us"] = used["gateway"] / values["requests"] * 1e6
                add(results, f"{name}, {connections} connections", gateway.name, values)
        tell(f"{name}, {connections} connections")


def request(gateway: Running, call: Call, connections: int, seconds: float) -> dict[str, float]:
    """Sends the same request for some seconds over all connections."""
    return gateway.load.requests(
        call.method,
        call.path,
        connections=connections,
        seconds=seconds,
        body=call.body,
        users=[USER],
        statuses=call.statuses,
    )


def add(results: Results, place: str, subject: str, values: dict[str, float]) -> None:
    """Adds the values of one measurement."""
    charted = place.endswith(f", {CHARTED_CONNECTIONS} connections")
    cpu_chart, tail_chart = (CPU_CHART, TAIL_CHART) if charted else ("", "")
    results.add(f"CPU: {place}", subject, values["cpu_us"], "µs", chart=cpu_chart)
    results.add(f"p50: {place}", subject, values["p50_ms"], "ms")
    results.add(f"p99: {place}", subject, values["p99_ms"], "ms", chart=tail_chart)


STARTED = time.monotonic()


def tell(line: str) -> None:
    """Prints a line of progress with the time since the start."""
    minutes, seconds = divmod(int(time.monotonic() - STARTED), 60)
    print(f"[{minutes:3d}:{seconds:02d}] {line}", flush=True)


if __name__ == "__main__":
    typer.run(main)
