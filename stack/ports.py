"""Choosing and checking the ports that the stack listens on."""

import random
import socket

import psutil

from stack.errors import StackError
from stack.settings import HOST, Ports

FREE_PORTS = range(20_000, 32_000)
"""Below the ranges that kernels take outgoing ports from, so none is snatched before it is used."""

ATTEMPTS_MAX = 1_000


def resolve(ports: Ports) -> Ports:
    """Replaces every port 0 by a free one."""
    taken = set(ports.model_dump().values())
    chosen = {}
    for name, port in ports.model_dump().items():
        chosen[name] = port or _free(taken)
        taken.add(chosen[name])
    return Ports(**chosen)


def check_free(wanted: dict[str, int]) -> None:
    """Makes sure that nobody listens on the ports, given by the names of their settings.

    Raises:
        StackError: somebody does; names the port, the setting and, if it may be known, the process.
    """
    for name, port in wanted.items():
        if not _is_free(port):
            raise StackError(
                f"port {port} is in use{_listener(port)}; "
                f"stop that, or choose another with STACK_{name.upper()}"
            )


def _free(taken: set[int]) -> int:
    for _ in range(ATTEMPTS_MAX):
        port = random.choice(FREE_PORTS)  # noqa: S311 - spreads stacks apart, protects nothing
        if port not in taken and _is_free(port):
            return port
    raise StackError(f"no free port between {FREE_PORTS.start} and {FREE_PORTS.stop}")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        # As the servers do: a port whose last connections are in TIME_WAIT is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def _listener(port: int) -> str:
    try:
        for connection in psutil.net_connections("tcp"):
            if connection.laddr and connection.laddr.port == port and connection.pid:
                return f" by {psutil.Process(connection.pid).name()} (process {connection.pid})"
    except psutil.Error:
        pass  # Only root sees everybody's connections on some systems.
    return ""
