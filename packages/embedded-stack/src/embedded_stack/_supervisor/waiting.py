"""Waiting for processes to end, never silently."""

import time
from collections.abc import Callable, Sequence

POLL_SECONDS = 0.02
TELL_SECONDS = 2.0
"""How often a person is told what still runs."""

Tell = Callable[[str], None]


def nobody(_: str) -> None:
    """Tells nobody."""


def wait_for_ends(running: Callable[[], Sequence[str]], seconds_max: float, tell: Tell) -> bool:
    """Waits until nothing runs any more; gives whether that came in time.

    Args:
        running: gives the names of what still runs.
        seconds_max: how long to wait.
        tell: is told every TELL_SECONDS what still runs.
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
