"""Starts, watches and stops the processes of a stack."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import psutil
from rich.console import Console

from stack import record, table
from stack.blueprint import Blueprint
from stack.errors import StackError
from stack.folder import Folder
from stack.process import Command, Process, ending, finish
from stack.settings import Part

READY_SECONDS_MAX = 90.0
STEP_SECONDS_MAX = 120.0
POLL_SECONDS = 0.05

Probe = Callable[[], Awaitable[bool]]

STOP_ORDER = (
    (Part.GATEWAY,),
    (Part.ORDERS, Part.PAYMENTS),
    (Part.REGISTRY,),
    (Part.KAFKA, Part.POSTGRES),
)
"""Who is stopped together; first those whom nobody else needs."""


@dataclass(frozen=True)
class _Launched:
    part: Part
    process: Process
    ready: Probe


class Supervisor:
    """The processes of one stack."""

    def __init__(self, folder: Folder, console: Console) -> None:
        self.folder = folder
        self.console = console
        self.record = record.start(folder)
        self._launched: dict[str, _Launched] = {}

    @property
    def parts(self) -> frozenset[Part]:
        """The parts that were started."""
        return frozenset(each.part for each in self._launched.values())

    def describe(self, blueprint: Blueprint) -> None:
        """Notes where the parts are, for `status` and `migrate`."""
        self.record.ports = blueprint.ports.model_dump()
        self.record.urls = table.urls(blueprint.endpoints, blueprint.parts)
        self.record.save(self.folder)

    async def launch(self, part: Part, command: Command, ready: Probe) -> None:
        """Starts a process of a part and waits until it does its work.

        Raises:
            StackError: it ended, or was not ready in time.
        """
        process = await self._start(command)
        self._launched[command.name] = _Launched(part, process, ready)
        try:
            async with asyncio.timeout(READY_SECONDS_MAX):
                while process.running and not await ready():  # noqa: ASYNC110 - no event tells
                    await asyncio.sleep(POLL_SECONDS)
        except TimeoutError:
            raise StackError(
                process.failure(f"was not ready after {READY_SECONDS_MAX:.0f} s")
            ) from None
        if not process.running:
            what = f"{ending(await process.wait())} before it was ready"
            raise StackError(process.failure(what))
        self.console.print(f"{command.name} is ready")

    async def step(self, command: Command) -> None:
        """Runs a command of the preparation to its end.

        Raises:
            StackError: it failed.
        """
        process = await self._start(command)
        try:
            await finish(process, STEP_SECONDS_MAX)
        finally:
            self.record.processes.pop(command.name, None)
            self.record.save(self.folder)

    async def watch(self) -> None:
        """Waits until a part is dead, with all its copies.

        Raises:
            StackError: always; names the part.
        """
        alive = {asyncio.create_task(each.process.wait()): each for each in self._launched.values()}
        try:
            while True:
                done, _ = await asyncio.wait(alive, return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    dead = alive.pop(task)
                    news = dead.process.failure(ending(task.result()))
                    left = sum(each.part is dead.part for each in alive.values())
                    if not left:
                        raise StackError(news)
                    self.console.print(
                        f"{news}\n{left} of {dead.part} left", markup=False, soft_wrap=True
                    )
        finally:
            for task in alive:
                task.cancel()

    async def restart(self, name: str) -> None:
        """Stops a process, or takes one that is dead, and starts it as it was."""
        launched = self._get(name)
        await launched.process.stop()
        await self.launch(launched.part, launched.process.command, launched.ready)

    def process(self, name: str) -> Process:
        """A part's process.

        Raises:
            StackError: there is none.
        """
        return self._get(name).process

    def _get(self, name: str) -> _Launched:
        try:
            return self._launched[name]
        except KeyError:
            raise StackError(f"{name} is not a running part of this stack") from None

    async def _start(self, command: Command) -> Process:
        process = await Process.start(command, self.folder.log(command.name))
        # One that has ended already needs no record.
        with contextlib.suppress(psutil.NoSuchProcess):
            running = record.RunningProcess.of(process.pid, command.stop_signal)
            self.record.processes[command.name] = running
            try:
                self.record.save(self.folder)
            except OSError:  # such as a full disk: nobody would know of the process
                await process.kill()
                raise
        return process

    async def stop(self) -> None:
        """Stops everything, each part before those it needs."""
        for parts in STOP_ORDER:
            stopping = [each.process for each in self._launched.values() if each.part in parts]
            await asyncio.gather(*(process.stop() for process in stopping))
        self.folder.record.unlink(missing_ok=True)
