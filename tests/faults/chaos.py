"""Kills and pauses copies of services at random, and heals them again."""

import random
import signal
import threading
from collections.abc import Sequence

from stack.running import Running

VICTIMS_MAX = 2
HURT_SECONDS_MAX = 8.0
"""Longer than a relay's lease (3 s) and than a consumer's session (6 s)."""


class Chaos:
    """Strikes a number of times; the same seed hurts the same copies in the same way."""

    def __init__(self, stack: Running, names: Sequence[str], strikes: int, seed: int) -> None:
        self._stack = stack
        self._names = names
        self._strikes = strikes
        self._random = random.Random(seed)
        self._struck = 0
        self._news = threading.Condition()

    def run(self) -> None:
        """Strikes and heals until all strikes are done; every copy is well in the end."""
        try:
            for _ in range(self._strikes):
                self._strike()
        finally:
            self._count(self._strikes)

    def wait(self, progress: float) -> None:
        """Waits until that share of the strikes has begun, so that the load meets all of them."""
        with self._news:
            self._news.wait_for(lambda: self._struck >= progress * self._strikes)

    def _strike(self) -> None:
        victims = self._random.sample(self._names, self._random.randint(1, VICTIMS_MAX))
        killed = [name for name in victims if self._random.random() < 0.5]
        paused = [name for name in victims if name not in killed]
        seconds = self._random.uniform(0.1, HURT_SECONDS_MAX)
        print(f"killed: {killed}, paused: {paused}, for {seconds:.1f} s")
        for name in paused:
            self._stack.pause(name)
        for name in killed:
            self._stack.kill(name, signal.SIGKILL)
        self._count(self._struck + 1)
        threading.Event().wait(seconds)
        for name in paused:
            self._stack.resume(name)
        for name in killed:
            self._stack.restart(name)

    def _count(self, struck: int) -> None:
        with self._news:
            self._struck = struck
            self._news.notify_all()
