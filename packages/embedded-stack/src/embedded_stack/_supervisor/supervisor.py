"""Starts, supervises and stops the processes of a stack."""

import asyncio
from collections.abc import Collection, Mapping, Sequence

from embedded_stack._supervisor.console import Console
from embedded_stack._supervisor.folder import Folder
from embedded_stack._supervisor.process import Command, Process, finish
from embedded_stack._supervisor.processes import Probe, Processes
from embedded_stack._supervisor.record import Record
from embedded_stack._supervisor.restarting import Restarting
from embedded_stack._supervisor.restarts import Bounds
from embedded_stack._supervisor.waiting import TELL_SECONDS
from embedded_stack.errors import StackError

STEP_SECONDS_MAX = 120.0

StopOrder = Sequence[Collection[str]]
"""Groups of parts: the parts of a group stop together, after those of the group before."""


class Supervisor:
    """The processes of one stack.

    Life cycle: `launch` and `step` start processes, `watch` restarts those that die, `stop` ends all of them.
    `hold` makes the supervisor and calls `stop`, so that no process outlives it.
    """

    def __init__(self, folder: Folder, console: Console, stop_order: StopOrder) -> None:
        self.folder = folder
        self.console = console
        self._stop_order = stop_order
        self._processes = Processes(folder, console)
        self._restarting = Restarting(self._processes)

    @property
    def record(self) -> Record:
        """The processes as they are on disk."""
        return self._processes.record

    @property
    def parts(self) -> frozenset[str]:
        """The parts that were launched."""
        return frozenset(launched.part for launched in self._processes.launched.values())

    def describe(
        self, ports: Mapping[str, int], urls: Mapping[str, str], *, auth: bool = False
    ) -> None:
        """Records the addresses of the parts, and whether access control is on, for other commands, such as `status`."""
        self.record.ports = dict(ports)
        self.record.urls = dict(urls)
        self.record.auth = auth
        self.record.save(self.folder)

    async def launch(self, part: str, command: Command, ready: Probe) -> None:
        """Starts a process of a part and waits until it is ready.

        Raises:
            StackError: it ended, or was not ready in time.
        """
        if reason := await self._processes.launch(part, command, ready):
            raise StackError(self.process(command.name).failure(reason))

    async def step(self, command: Command) -> None:
        """Runs a command to its end.

        Raises:
            StackError: it failed, or took too long.
        """
        process = await self._processes.start(command)
        try:
            await finish(process, STEP_SECONDS_MAX)
        finally:
            self._processes.forget(command.name)

    async def watch(self, bounds: Bounds = Bounds()) -> None:  # noqa: B008 - it is frozen
        """Restarts processes that die, for as long as each part has one that doesn't keep crashing.

        Raises:
            StackError: all processes of a part keep crashing; names the part.
        """
        await self._restarting.run(bounds)

    def revive(self) -> None:
        """Restarts dead processes now, including those that were given up."""
        self._restarting.revive()

    async def restart(self, name: str) -> None:
        """Stops a process, unless it is dead, and starts it with the same command."""
        launched = self._processes.get(name)
        await launched.process.stop()
        await self.launch(launched.part, launched.process.command, launched.ready)

    def process(self, name: str) -> Process:
        """Returns a launched process.

        Raises:
            StackError: there is none of that name.
        """
        return self._processes.get(name).process

    async def stop(self) -> None:
        """Stops all processes, those of each part before the parts that it needs."""
        self.record.stopping = True
        self._processes.save()
        for parts in (*self._stop_order, self.parts):
            await self._stop(parts)
        self.folder.record.unlink(missing_ok=True)

    async def _stop(self, parts: Collection[str]) -> None:
        launched = [found for found in self._processes.launched.values() if found.part in parts]
        left = {
            asyncio.create_task(found.process.stop(), name=found.process.name) for found in launched
        }
        while left:
            ended, left = await asyncio.wait(left, timeout=TELL_SECONDS)
            for task in ended:
                task.result()
            if left and not ended:
                names = ", ".join(sorted(task.get_name() for task in left))
                self._processes.tell(f"stopping: {names}")
