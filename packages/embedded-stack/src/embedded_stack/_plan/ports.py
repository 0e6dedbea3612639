"""Choosing and checking the ports that the stack listens on."""

import random
from collections.abc import Iterable
from itertools import islice

from embedded_stack import listeners
from embedded_stack._plan.settings import Ports
from embedded_stack.errors import StackError

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
    found = list(islice((p for p in candidates if p not in known and listeners.is_free(p)), count))
    if len(found) < count:
        raise StackError(f"no free port between {FREE_PORTS.start} and {FREE_PORTS.stop}")
    return found


def check_free(wanted: dict[str, int]) -> None:
    """Makes sure that nobody listens on the ports, given by the names of their settings.

    Raises:
        StackError: somebody does; names each port, its setting and, if it may be known, the process.
    """
    if taken := listeners.describe(wanted):
        raise StackError(taken)
