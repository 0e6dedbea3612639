"""Measures the REST gateway against other gateways, in turn, in front of one gRPC server with fixed replies.

`./justw bench gateway` prints the medians of all gateways and the medians of the rounds' ratios: CPU microseconds per
request, and the latencies. `--quick` takes about five minutes and measures 32 connections and one worker only.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from bench.gateways.calls import CALLS
from bench.gateways.peers import Running, running
from bench.measuring import go
from bench.measuring.cpu import cpu_used
from bench.measuring.processes import alone, await_listener, folder, process
from bench.measuring.progress import tell
from bench.measuring.report import print_table
from bench.measuring.results import Results
from embedded_stack.testing import free_ports
from toolchain.places import ROOT

BENCHMARK = "bench gateway"
WARMUP_SECONDS = 1.0
CONNECTIONS = (1, 8, 32, 256)
WORKERS = (1, 2)
CHARTED = ", 32 connections"
CPU_CHART = f"Gateway: CPU in us{CHARTED}"
TAIL_CHART = f"Gateway: p99 in ms{CHARTED}"


@dataclass(frozen=True)
class Place:
    """The connections and workers of a row."""

    connections: int
    workers: int

    def __str__(self) -> str:
        workers = f", {self.workers} workers" if self.workers > 1 else ""
        connections = "1 connection" if self.connections == 1 else f"{self.connections} connections"
        return f", {connections}{workers}"


def main(
    quick: Annotated[
        bool, typer.Option(help="Measure 32 connections and one worker only: 5 minutes.")
    ] = False,
    rounds: Annotated[int, typer.Option(min=1, help="Rounds.")] = 5,
    seconds: Annotated[float, typer.Option(min=0.5, help="The length of a measurement.")] = 2.0,
    json: Annotated[Path | None, typer.Option(help="The file to write the results to.")] = None,
) -> None:
    """Compares our gateway, with access control and with both transports, with Go's, Envoy's and two in Python."""
    # Without this, SIGTERM would end the process without ending its children.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(f"{BENCHMARK}: terminated"))
    results = Results(
        benchmark=BENCHMARK,
        settings={
            "cores": str(os.cpu_count()),
            "load average at the start": f"{os.getloadavg()[0]:.2f}",
            "rounds": str(rounds),
        },
    )
    try:
        with alone():
            tell("building the peers")
            binaries = go.build()
            for workers in WORKERS[:1] if quick else WORKERS:
                with gateways(binaries, workers) as found:
                    for connections in (32,) if quick else CONNECTIONS:
                        place = Place(connections, workers)
                        measure(results, found, place, rounds, seconds)
    except (RuntimeError, TimeoutError, subprocess.CalledProcessError) as error:
        sys.exit(f"{BENCHMARK}: {error}")
    finally:
        if json and results.rows:
            results.save(json)
    print_table(results, results.subjects)


@contextmanager
def gateways(binaries: Path, workers: int) -> Iterator[list[Running]]:
    """Runs the backend and all gateways for the length of the block, and checks their responses."""
    with ExitStack() as opened:
        place = opened.enter_context(folder(ROOT / ".bench" / f"gateway-{os.getpid()}"))
        (port,) = free_ports(1)
        backend = f"127.0.0.1:{port}"
        command: list[str | Path] = [binaries / "backend", "-address", backend]
        environment = {"PATH": os.environ["PATH"]}
        opened.enter_context(process("backend", command, environment, place / "backend.log"))
        await_listener(backend)
        found = opened.enter_context(running(binaries, backend, place, workers))
        for gateway in found:
            for call in CALLS.values():
                call.check(gateway.load.url.partition(",")[0], gateway.load.token)
        yield found


def measure(
    results: Results,
    found: list[Running],
    place: Place,
    rounds: int,
    seconds: float,
) -> None:
    """Measures every call at every gateway, in turn."""
    for name, call in CALLS.items():
        for gateway in found:
            call.send(gateway.load, place.connections, WARMUP_SECONDS)
        for _ in range(rounds):
            for gateway in found:
                with cpu_used({"gateway": gateway.pids}) as used:
                    values = call.send(gateway.load, place.connections, seconds)
                values["cpu_us"] = used["gateway"] / values["requests"] * 1e6
                add(results, f"{name}{place}", gateway.name, values)
        tell(f"{name}{place}")


def add(results: Results, place: str, subject: str, values: dict[str, float]) -> None:
    """Adds the values of one measurement."""
    cpu_chart, tail_chart = (CPU_CHART, TAIL_CHART) if place.endswith(CHARTED) else ("", "")
    results.add(f"CPU: {place}", subject, values["cpu_us"], "µs", chart=cpu_chart)
    results.add(f"p50: {place}", subject, values["p50_ms"], "ms")
    results.add(f"p99: {place}", subject, values["p99_ms"], "ms", chart=tail_chart)


if __name__ == "__main__":
    typer.run(main)
