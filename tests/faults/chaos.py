"""Kills and pauses copies of services at random, and restarts and resumes them."""

import random
import signal
import threading
from collections.abc import Sequence

from embedded_stack.testing import Running

VICTIMS_MAX = 3
FAULT_SECONDS_MAX = (0.5, 8.0)
"""One is short, one is longer than a relay's lease (3 s) and a consumer's session (6 s)."""
WAIT_SECONDS_MAX = 120.0


class Chaos:
    """Injects a number of faults, each during its own part of the load.

    The same seed chooses the same copies and the same faults.
    """

    def __init__(self, stack: Running, names: Sequence[str], faults: int, seed: int) -> None:
        self._stack = stack
        self._names = names
        self._faults = faults
        self._random = random.Random(seed)
        self.kills = 0
        """The number of processes that were killed."""
        self._finished = 0
        self._load = 0.0
        self._changed = threading.Condition()

    def run(self) -> None:
        """Injects all faults, one after the other; every copy runs when this returns."""
        try:
            while self._finished < self._faults:
                self._await_load(self._finished + self._random.uniform(0.1, 0.9))
                self._inject_fault()
                self._finish(self._finished + 1)
        finally:
            self._finish(self._faults)

    def pace(self, progress: float) -> None:
        """Reports the progress of the load (0 to 1); blocks until the faults of earlier parts are over."""
        with self._changed:
            self._load = max(self._load, progress * self._faults)
            self._changed.notify_all()
            assert self._changed.wait_for(
                lambda: progress * self._faults < self._finished + 1, WAIT_SECONDS_MAX
            )

    def _await_load(self, load: float) -> None:
        with self._changed:
            assert self._changed.wait_for(lambda: self._load >= load, WAIT_SECONDS_MAX)

    def _finish(self, finished: int) -> None:
        with self._changed:
            self._finished = finished
            self._changed.notify_all()

    def _inject_fault(self) -> None:
        victims = self._random.sample(self._names, self._random.randint(1, VICTIMS_MAX))
        killed = [name for name in victims if self._random.random() < 0.5]
        paused = [name for name in victims if name not in killed]
        seconds = self._random.choice(FAULT_SECONDS_MAX) * self._random.random()
        print(f"killed: {killed}, paused: {paused}, for {seconds:.1f} s")
        for name in paused:
            self._stack.pause(name)
        for name in killed:
            self._stack.kill(name, signal.SIGKILL)
            self.kills += 1
        threading.Event().wait(seconds)
        for name in paused:
            self._stack.resume(name)
        for name in killed:
            self._stack.restart(name)
