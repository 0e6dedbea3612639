"""Waits for the end of processes and reports which ones are left."""

import time
from collections.abc import Callable, Sequence

POLL_SECONDS = 0.02
TELL_SECONDS = 2.0
"""The interval of reports about processes that still run."""

Tell = Callable[[str], None]


def silent(_: str) -> None:
    """Reports nothing."""


def wait_for_ends(running: Callable[[], Sequence[str]], seconds_max: float, tell: Tell) -> bool:
    """Waits until no process runs any more; returns whether that happened in time.

    Args:
        running: returns the names of the processes that still run.
        seconds_max: the maximum wait.
        tell: receives a line about them every TELL_SECONDS.
    """
    start = told = time.monotonic()
    while names := running():
        now = time.monotonic()
        if now - start > seconds_max:
            return False
        if now - told > TELL_SECONDS:
            told = now
            tell(f"stopping: {', '.join(names)}")
        time.sleep(POLL_SECONDS)
    return True
