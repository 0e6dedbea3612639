"""Reserves free ports, and checks fixed ones."""

import os
import random
import socket
from collections import deque
from collections.abc import Iterable, Mapping
from itertools import islice

from embedded_stack.errors import StackError
from embedded_stack.listeners import HOST, describe_conflicts

FREE_PORTS = range(20_000, 32_000)
"""Below the kernels' ranges of ephemeral ports, so that no outgoing connection takes one before its server starts."""

ATTEMPTS_MAX = 1_000

RESERVATIONS_MAX = 400
"""Bounds the descriptors of a process that starts stack after stack: the oldest reservations end."""

_reservations: deque[int] = deque()
"""Descriptors of bound sockets, which the kernel closes when this process ends."""


def resolve(ports: Mapping[str, int]) -> dict[str, int]:
    """Replaces every port 0 by a free one."""
    missing = [name for name, port in ports.items() if not port]
    return {**ports, **dict(zip(missing, free(len(missing), ports.values()), strict=True))}


def free(count: int, taken: Iterable[int] = ()) -> list[int]:
    """Reserves free ports for the servers that this process starts.

    Other processes that call this function get other ports until this process ends, even while no server listens:
    stacks that start at the same time would choose the same port now and then.

    Args:
        count: how many.
        taken: ports that are not to be returned.

    Raises:
        StackError: there are not so many.
    """
    known = set(taken)
    # Stacks that start at the same time try different ports.
    candidates = random.sample(FREE_PORTS, ATTEMPTS_MAX)
    found = list(
        islice((port for port in candidates if port not in known and _reserve(port)), count)
    )
    if len(found) < count:
        raise StackError(
            f"fewer than {count} free ports from {FREE_PORTS.start} to {FREE_PORTS.stop - 1}"
        )
    return found


def _reserve(port: int) -> bool:
    """Binds a socket that doesn't listen, unless the port is in use or reserved.

    It is bound without SO_REUSEADDR, so that the kernel rejects a second reservation. The option is set afterwards, so
    that a server, which sets it too, may listen.
    """
    with socket.socket() as reservation:
        try:
            reservation.bind((HOST, port))
        except OSError:
            return False
        reservation.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        _reservations.append(reservation.detach())
    if len(_reservations) > RESERVATIONS_MAX:
        os.close(_reservations.popleft())
    return True


def check_free(ports: Mapping[str, int]) -> None:
    """Makes sure that no process listens on ports, given by name.

    Raises:
        StackError: a port is in use; names each one, its setting and, if it is known, the process.
    """
    if conflicts := describe_conflicts(ports):
        raise StackError(conflicts)
