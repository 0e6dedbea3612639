"""Kills and pauses copies of services at random, and restarts and resumes them."""

import random
import signal
import threading
from collections.abc import Sequence

from embedded_stack.testing import Running

VICTIMS_MAX = 3
HURT_SECONDS_MAX = (0.5, 8.0)
"""One is short, one is longer than a relay's lease (3 s) and a consumer's session (6 s)."""
PATIENCE_SECONDS_MAX = 120.0


class Chaos:
    """Injects a number of faults (strikes), each during its own part of the load.

    The same seed chooses the same copies and the same faults.
    """

    def __init__(self, stack: Running, names: Sequence[str], strikes: int, seed: int) -> None:
        self._stack = stack
        self._names = names
        self._strikes = strikes
        self._random = random.Random(seed)
        self._healed = 0
        self._load = 0.0
        self._news = threading.Condition()

    def run(self) -> None:
        """Injects all faults, one after the other; every copy runs when this returns."""
        try:
            while self._healed < self._strikes:
                self._await_load(self._healed + self._random.uniform(0.1, 0.9))
                self._strike()
                self._heal(self._healed + 1)
        finally:
            self._heal(self._strikes)

    def pace(self, progress: float) -> None:
        """Reports the progress of the load (0 to 1); blocks until the faults of earlier parts are over."""
        with self._news:
            self._load = max(self._load, progress * self._strikes)
            self._news.notify_all()
            assert self._news.wait_for(
                lambda: progress * self._strikes < self._healed + 1, PATIENCE_SECONDS_MAX
            )

    def _await_load(self, load: float) -> None:
        with self._news:
            assert self._news.wait_for(lambda: self._load >= load, PATIENCE_SECONDS_MAX)

    def _heal(self, healed: int) -> None:
        with self._news:
            self._healed = healed
            self._news.notify_all()

    def _strike(self) -> None:
        victims = self._random.sample(self._names, self._random.randint(1, VICTIMS_MAX))
        killed = [name for name in victims if self._random.random() < 0.5]
        paused = [name for name in victims if name not in killed]
        seconds = self._random.choice(HURT_SECONDS_MAX) * self._random.random()
        print(f"killed: {killed}, paused: {paused}, for {seconds:.1f} s")
        for name in paused:
            self._stack.pause(name)
        for name in killed:
            self._stack.kill(name, signal.SIGKILL)
        threading.Event().wait(seconds)
        for name in paused:
            self._stack.resume(name)
        for name in killed:
            self._stack.restart(name)
