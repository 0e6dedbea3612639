"""Processes that serve as copies of orders, without a database."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from embedded_stack.testing import free_ports
from grpc_gateway_python import GrpcTransport
from tests.integration.gateway.conftest import await_start

COPY = (sys.executable, str(Path(__file__).with_name("copy_process.py")))
END_SECONDS_MAX = 30.0


class Copies:
    """Processes at one port of 127.0.0.2, 127.0.0.3 and so on, which serve with one implementation of gRPC."""

    def __init__(self, transport: GrpcTransport) -> None:
        (self.port,) = free_ports(1)
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self._environment = os.environ | {"GRPC_TRANSPORT": transport.value}

    def start(self, *hosts: str) -> None:
        for host in hosts:
            self.processes[host] = subprocess.Popen(
                [*COPY, f"{host}:{self.port}"], env=self._environment
            )
        for host in hosts:
            await_start(self.processes[host], self.port, host)

    def end(self, host: str, number: signal.Signals) -> int:
        """Sends a copy a signal that ends it, and returns its exit status."""
        self.processes[host].send_signal(number)
        return self.processes[host].wait(END_SECONDS_MAX)

    def stop(self) -> None:
        for process in self.processes.values():
            process.kill()
            process.wait()
