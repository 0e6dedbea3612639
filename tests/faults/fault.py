"""Kills or freezes a process for the length of a `with` block."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager

from embedded_stack.testing import Running


@contextmanager
def fault(fleet: Running, name: str, number: signal.Signals) -> Iterator[None]:
    """Freezes a process (SIGSTOP) or ends it (any other signal); resumes or restarts it after the block."""
    if number is signal.SIGSTOP:
        fleet.pause(name)
    else:
        fleet.kill(name, number)
    try:
        yield
    finally:
        if number is signal.SIGSTOP:
            fleet.resume(name)
        else:
            fleet.restart(name)
