"""Holds a stack's folder, and starts, watches and stops the processes of it."""

import asyncio
import contextlib
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import psutil
from filelock import AsyncFileLock, Timeout
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


class Supervisor:
    """The processes of one stack."""

    def __init__(self, folder: Folder, console: Console) -> None:
        self.folder = folder
        self.console = console
        self.record = record.start(folder)
        self._processes: dict[str, Process] = {}
        self._probes: dict[str, Probe] = {}

    @property
    def names(self) -> frozenset[str]:
        """The parts that were started."""
        return frozenset(self._processes)

    def describe(self, blueprint: Blueprint) -> None:
        """Notes where the parts are, for `status` and `migrate`."""
        self.record.ports = blueprint.ports.model_dump()
        self.record.urls = table.urls(blueprint.endpoints, blueprint.parts)
        self.record.save(self.folder)

    async def launch(self, command: Command, ready: Probe) -> None:
        """Starts a part and waits until it does its work.

        Raises:
            StackError: it ended, or was not ready in time.
        """
        process = await self._start(command)
        self._processes[command.name] = process
        self._probes[command.name] = ready
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
        """Waits until a part dies.

        Raises:
            StackError: always; names the part.
        """
        waits = {
            asyncio.create_task(process.wait()): process for process in self._processes.values()
        }
        try:
            done, _ = await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in waits:
                task.cancel()
        dead = done.pop()
        raise StackError(waits[dead].failure(ending(dead.result())))

    async def restart(self, name: str) -> None:
        """Stops a part, or takes one that is dead, and starts it as it was."""
        process = self.process(name)
        await process.stop()
        await self.launch(process.command, self._probes[name])

    def process(self, name: str) -> Process:
        """A part's process.

        Raises:
            StackError: there is none.
        """
        try:
            return self._processes[name]
        except KeyError:
            raise StackError(f"{name} is not a running part of this stack") from None

    async def _start(self, command: Command) -> Process:
        process = await Process.start(command, self.folder.log(command.name))
        # One that has ended already needs no record.
        with contextlib.suppress(psutil.NoSuchProcess):
            running = record.RunningProcess.of(process.pid, command.stop_signal)
            self.record.processes[command.name] = running
            self.record.save(self.folder)
        return process

    async def stop(self) -> None:
        """Stops everything, each part before those it needs."""
        for names in STOP_ORDER:
            stopping = [self._processes[name] for name in names if name in self._processes]
            await asyncio.gather(*(process.stop() for process in stopping))
        self.folder.record.unlink(missing_ok=True)


@asynccontextmanager
async def supervisor(folder: Folder, console: Console) -> AsyncIterator[Supervisor]:
    """Takes the folder for as long as the block lasts; then nothing of the stack runs any more.

    Raises:
        StackError: another supervisor has it.
    """
    folder.create()
    lock = AsyncFileLock(folder.lock, timeout=0)
    try:
        await lock.acquire()
    except Timeout:
        raise StackError(f"the stack of {folder.path} is already up; `down` stops it") from None
    try:
        if left := record.Record.load(folder):
            await asyncio.to_thread(record.sweep, left)
        held = Supervisor(folder, console)
        with _guard(folder):
            try:
                yield held
            finally:
                await held.stop()
    finally:
        await lock.release()


def _guard(folder: Folder) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        (sys.executable, "-m", "stack.guard", folder.path, str(os.getpid())),
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
