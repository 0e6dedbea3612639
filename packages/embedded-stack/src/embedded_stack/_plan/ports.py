"""Chooses free ports, and checks fixed ones."""

import random
from collections.abc import Iterable, Mapping
from itertools import islice

from embedded_stack.errors import StackError
from embedded_stack.listeners import describe_conflicts, is_free

FREE_PORTS = range(20_000, 32_000)
"""Below the kernels' ranges of ephemeral ports, so that no outgoing connection takes one before its server starts."""

ATTEMPTS_MAX = 1_000


def resolve(ports: Mapping[str, int]) -> dict[str, int]:
    """Replaces every port 0 by a free one."""
    missing = [name for name, port in ports.items() if not port]
    return {**ports, **dict(zip(missing, free(len(missing), ports.values()), strict=True))}


def free(count: int, taken: Iterable[int] = ()) -> list[int]:
    """Finds free ports.

    Args:
        count: how many.
        taken: ports that are not to be returned.

    Raises:
        StackError: there are not so many.
    """
    known = set(taken)
    # Random, so that stacks that start at the same time try different ports; security needs none of it.
    candidates = random.sample(FREE_PORTS, ATTEMPTS_MAX)
    found = list(islice((p for p in candidates if p not in known and is_free(p)), count))
    if len(found) < count:
        raise StackError(f"no free port between {FREE_PORTS.start} and {FREE_PORTS.stop}")
    return found


def check_free(ports: Mapping[str, int]) -> None:
    """Makes sure that no process listens on ports, given by name.

    Raises:
        StackError: a port is in use; names each one, its setting and, if it is known, the process.
    """
    if conflicts := describe_conflicts(ports):
        raise StackError(conflicts)
