"""CPU of a gRPC server and of a client per unary call: asyncio-grpc-http2 against grpcio's asyncio classes and grpc-go.

`./justw bench transport` keeps 1, 8, 32 or 128 calls in flight over one connection: 100 bytes of request and 200 of
response, three entries of metadata, a deadline. All servers are called by one client in Go, and all clients call one
server in Go. They take turns, and ratios are paired by round.
"""

import argparse
import os
import subprocess
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.measuring.cpu import cpu_used
from bench.measuring.go import build_program
from bench.measuring.processes import await_listener, process
from bench.measuring.report import print_table
from bench.measuring.results import OURS, Results
from embedded_stack.testing import free_ports

IN_FLIGHT = (1, 8, 32, 128)
PYTHON_SERVER = Path(__file__).with_name("transport_server.py")
PYTHON_CLIENT = Path(__file__).with_name("transport_client.py")
GRPCIO = "grpcio"
GO = "grpc-go"
UNIT = "µs CPU a call"


def _of_server(load: Path, pid: int, address: str, in_flight: int, seconds: float) -> float:
    """Returns a server's CPU time per call in µs."""
    with cpu_used({"server": [pid]}) as used:
        command = (load, "load", address, str(in_flight), str(seconds))
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    calls, failed = map(int, done.stdout.split())
    if failed:
        raise RuntimeError(f"{failed} calls failed: {done.stderr[:200]}")
    return used["server"] / calls * 1e6


def _of_client(command: Sequence[str | Path], in_flight: int, seconds: float) -> float:
    """Returns a client's CPU time per call in µs."""
    words = (*command, str(in_flight), str(seconds))
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    calls, used = map(float, done.stdout.split())
    return used / calls * 1e6


def measure(rounds: int, seconds: float) -> Results:
    """Measures all servers in turn."""
    program = build_program("transport")
    python: list[str | Path] = [sys.executable, PYTHON_SERVER]
    commands: dict[str, list[str | Path]] = {
        OURS: [*python, "asyncio"],
        GRPCIO: [*python, "grpcio"],
        GO: [program, "serve"],
    }
    results = Results(
        benchmark="bench transport",
        settings={
            "cores": str(os.cpu_count()),
            "load average at the start": f"{os.getloadavg()[0]:.2f}",
            "rounds": str(rounds),
        },
    )
    with ExitStack() as opened:
        log = Path(opened.enter_context(TemporaryDirectory())) / "log"
        servers = {}
        for (name, command), port in zip(commands.items(), free_ports(len(commands)), strict=True):
            address = f"127.0.0.1:{port}"
            environment = {"PATH": os.environ["PATH"]}
            pid = opened.enter_context(process(name, [*command, address], environment, log))
            await_listener(address)
            servers[name] = (pid, address)
        for turn in range(rounds + 1):
            for in_flight in IN_FLIGHT:
                for name, (pid, address) in servers.items():
                    value = _of_server(program, pid, address, in_flight, seconds)
                    if turn:  # the first round warms up
                        results.add(f"server, {in_flight} calls in flight", name, value, UNIT)
        clients: dict[str, list[str | Path]] = {
            OURS: [sys.executable, PYTHON_CLIENT, "asyncio"],
            GRPCIO: [sys.executable, PYTHON_CLIENT, "grpcio"],
            GO: [program, "client"],
        }
        for _ in range(rounds):
            for in_flight in IN_FLIGHT:
                for name, client in clients.items():
                    value = _of_client([*client, servers[GO][1]], in_flight, seconds)
                    results.add(f"client, {in_flight} calls in flight", name, value, UNIT)
    return results


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=1.0)
    parser.add_argument("--json", type=Path, help="the file to write the results to")
    given = parser.parse_args()
    measured = measure(given.rounds, given.seconds)
    if given.json:
        measured.save(given.json)
    print_table(measured, measured.subjects)
