"""Restarts the processes of a stack that die."""

import asyncio
import contextlib

from embedded_stack._supervisor.process import ending
from embedded_stack._supervisor.processes import Processes
from embedded_stack._supervisor.restarts import Bounds, Crashes
from embedded_stack._supervisor.together import together
from embedded_stack.errors import StackError


class Restarting:
    """One loop for each process: wait for its end, wait for the delay, start it again.

    A process that crashes more often than the bounds allow is given up: only `revive` starts it again.
    When all processes of a part are given up, the stack ends with an error.
    """

    def __init__(self, processes: Processes) -> None:
        self._processes = processes
        self._revived: dict[str, asyncio.Event] = {}
        self._given_up: set[str] = set()

    async def run(self, bounds: Bounds) -> None:
        """Restarts processes until it is canceled.

        Raises:
            StackError: all processes of a part were given up; names the part.
        """
        names = list(self._processes.launched)
        self._revived = {name: asyncio.Event() for name in names}
        await together(self._keep(name, Crashes(bounds)) for name in names)

    def revive(self) -> None:
        """Restarts dead processes now, including those that were given up."""
        for name, revived in self._revived.items():
            # A process that is alive keeps the delay of its next restart.
            recorded = self._processes.record.processes.get(name)
            if recorded is None or recorded.state() == "dead":
                revived.set()

    async def _keep(self, name: str, crashes: Crashes) -> None:
        reason = ""
        while True:
            process = self._processes.launched[name].process
            reason = reason or ending(await process.wait())
            failure = process.failure(reason)
            self._processes.note_end(name, reason)
            delay = crashes.delay(asyncio.get_running_loop().time())
            if delay is None:
                self._given_up.add(name)
                left = self._left(name, failure)
                self._processes.tell(f"{failure}\n{name} keeps crashing: {left} left")
                crashes = Crashes(crashes.bounds)
            else:
                self._processes.tell(f"{failure}\nstarting {name} again in {delay:g} s")
            await self._wait_for_revival(name, delay)
            # A failed restart counts as one more crash.
            reason = await self._processes.relaunch(name)
            if not reason:
                self._given_up.discard(name)

    def _left(self, name: str, failure: str) -> str:
        """Says how many processes of the same part are left."""
        part = self._processes.launched[name].part
        left = [
            other
            for other, launched in self._processes.launched.items()
            if launched.part == part and other not in self._given_up
        ]
        if not left:
            raise StackError(f"{failure}\n{part} keeps crashing")
        return f"{len(left)} of {part}"

    async def _wait_for_revival(self, name: str, seconds_max: float | None) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._revived[name].wait(), seconds_max)
        # Cleared after the wait, because `revive` may notice a death before this loop does.
        self._revived[name].clear()
