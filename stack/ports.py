"""Choosing and checking the ports that the stack listens on."""

import random
import socket
from collections.abc import Iterable
from itertools import islice

import psutil

from stack.errors import StackError
from stack.settings import HOST, Ports

FREE_PORTS = range(20_000, 32_000)
"""Below the ranges that kernels take outgoing ports from, so none is snatched before it is used."""

ATTEMPTS_MAX = 1_000


def resolve(ports: Ports) -> Ports:
    """Replaces every port 0 by a free one."""
    given = ports.model_dump()
    missing = [name for name, port in given.items() if not port]
    return Ports(**given | dict(zip(missing, free(len(missing), given.values()), strict=True)))


def free(count: int, taken: Iterable[int]) -> list[int]:
    """Finds free ports that are none of those taken.

    Raises:
        StackError: there are not so many.
    """
    known = set(taken)
    # It spreads stacks apart and protects nothing.
    candidates = random.sample(FREE_PORTS, ATTEMPTS_MAX)
    found = list(islice((p for p in candidates if p not in known and _is_free(p)), count))
    if len(found) < count:
        raise StackError(f"no free port between {FREE_PORTS.start} and {FREE_PORTS.stop}")
    return found


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
