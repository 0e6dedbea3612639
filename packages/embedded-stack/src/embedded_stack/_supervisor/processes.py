"""The processes of one stack: starts them, waits until they are ready, and records them on disk."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

import psutil

from embedded_stack._supervisor import record
from embedded_stack._supervisor.console import Console
from embedded_stack._supervisor.folder import Folder
from embedded_stack._supervisor.process import Command, Process, ending
from embedded_stack.errors import StackError

READY_SECONDS_MAX = 90.0
POLL_SECONDS = 0.05

Probe = Callable[[], Awaitable[bool]]
"""Tells whether a process is ready."""


@dataclass(frozen=True)
class Launched:
    """A process that is to run until the stack stops."""

    part: str
    process: Process
    ready: Probe


class Processes:
    """The launched processes by name, and their record."""

    def __init__(self, folder: Folder, console: Console) -> None:
        self.folder = folder
        self.record = record.start(folder)
        self.launched: dict[str, Launched] = {}
        self._console = console

    def get(self, name: str) -> Launched:
        """Returns a launched process.

        Raises:
            StackError: there is none of that name.
        """
        try:
            return self.launched[name]
        except KeyError:
            raise StackError(f"{name} is not a running part of this stack") from None

    async def start(self, command: Command) -> Process:
        """Starts a process and records it.

        Raises:
            StackError: it can't be started.
            OSError: the record can't be written, such as on a full disk; the process has been killed.
        """
        process = await Process.start(command, self.folder.log(command.name))
        # A process that has ended already needs no record.
        with contextlib.suppress(psutil.NoSuchProcess):
            running = record.RunningProcess.of(process.pid, command.stop_signal)
            if before := self.record.processes.get(command.name):
                running.restarts = before.restarts + 1
                running.last_reason = before.last_reason
            self.record.processes[command.name] = running
            try:
                self.record.save(self.folder)
            except OSError:
                # An unrecorded process would outlive a killed supervisor.
                await process.kill()
                raise
        return process

    async def launch(self, part: str, command: Command, ready: Probe) -> str:
        """Starts a process of a part and waits until it is ready.

        Returns:
            The reason why it isn't ready; empty when it is.
        """
        process = await self.start(command)
        self.launched[command.name] = launched = Launched(part, process, ready)
        return await self._until_ready(launched)

    async def relaunch(self, name: str) -> str:
        """Starts a dead process again; returns the reason why it isn't ready, empty when it is."""
        dead = self.launched[name]
        try:
            process = await self.start(dead.process.command)
        except (StackError, OSError) as error:
            return f"cannot be started: {error}"
        self.launched[name] = launched = replace(dead, process=process)
        reason = await self._until_ready(launched)
        if reason:
            await process.stop()
        return reason

    def forget(self, name: str) -> None:
        """Removes the record of a process that has ended."""
        self.record.processes.pop(name, None)
        self.record.save(self.folder)

    def note_end(self, name: str, reason: str) -> None:
        """Records why a process ended."""
        if process := self.record.processes.get(name):
            process.last_reason = reason
            self.save()

    def save(self) -> None:
        """Writes the record, unless that fails: a full disk must not end processes that run."""
        with contextlib.suppress(OSError):
            self.record.save(self.folder)

    def tell(self, text: str) -> None:
        """Prints a line about processes."""
        self._console.print(text, markup=False, soft_wrap=True)

    async def _until_ready(self, launched: Launched) -> str:
        process = launched.process
        try:
            async with asyncio.timeout(READY_SECONDS_MAX):
                while process.running and not await launched.ready():  # noqa: ASYNC110 - no event tells
                    await asyncio.sleep(POLL_SECONDS)
        except TimeoutError:
            return f"was not ready after {READY_SECONDS_MAX:.0f} s"
        if not process.running:
            return f"{ending(await process.wait())} before it was ready"
        if recorded := self.record.processes.get(process.name):
            recorded.ready = True
            self.save()
        self.tell(f"{process.name} is ready")
        return ""
