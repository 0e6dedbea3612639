"""Starts, watches and stops the processes of a stack."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

import psutil

from embedded_stack._commands import table
from embedded_stack._plan.blueprint import Blueprint
from embedded_stack._plan.settings import Part
from embedded_stack._supervisor import record
from embedded_stack._supervisor.console import Console
from embedded_stack._supervisor.folder import Folder
from embedded_stack._supervisor.process import Command, Process, ending, finish
from embedded_stack._supervisor.restarts import Bounds, Crashes
from embedded_stack._supervisor.together import together
from embedded_stack._supervisor.waiting import TELL_SECONDS
from embedded_stack.errors import StackError

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
        self._woken: dict[str, asyncio.Event] = {}
        self._given_up: set[str] = set()

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
        self._launched[command.name] = launched = _Launched(part, process, ready)
        if what := await self._obstacle(launched):
            raise StackError(process.failure(what))

    async def _obstacle(self, launched: _Launched) -> str:
        """Waits until a process does its work; gives what stood in the way, if anything did."""
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
            self._save()
        self._tell(f"{process.name} is ready")
        return ""

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

    async def watch(self, bounds: Bounds = Bounds()) -> None:  # noqa: B008 - it is frozen
        """Starts again what dies, for as long as each part has a copy that doesn't keep crashing.

        Raises:
            StackError: all copies of a part keep crashing; names the part.
        """
        self._woken = {name: asyncio.Event() for name in self._launched}
        await together(self._keep(name, Crashes(bounds)) for name in list(self._launched))

    def revive(self) -> None:
        """Starts dead processes at once, also those that were given up."""
        for name, woken in self._woken.items():
            # A process that lives keeps the delay of its next restart.
            recorded = self.record.processes.get(name)
            if recorded is None or recorded.state() == "dead":
                woken.set()

    async def _keep(self, name: str, crashes: Crashes) -> None:
        """Starts a process again whenever it dies."""
        reason = ""
        while True:
            reason = reason or ending(await self._launched[name].process.wait())
            news = self._launched[name].process.failure(reason)
            self._note(name, reason)
            delay = crashes.delay(asyncio.get_running_loop().time())
            if delay is None:
                self._given_up.add(name)
                self._tell(f"{news}\n{name} keeps crashing: {self._left(name, news)} left")
                crashes = Crashes(crashes.bounds)
            else:
                self._tell(f"{news}\nstarting {name} again in {delay:g} s")
            await self._wait_for_revival(name, delay)
            reason = await self._start_again(name)
            if not reason:
                self._given_up.discard(name)

    async def _start_again(self, name: str) -> str:
        """Starts a dead process; gives why that failed, if it did, which is one more crash."""
        dead = self._launched[name]
        try:
            process = await self._start(dead.process.command)
        except (StackError, OSError) as error:  # such as a full disk
            return f"cannot be started: {error}"
        self._launched[name] = launched = replace(dead, process=process)
        what = await self._obstacle(launched)
        if what:
            await process.stop()
        return what

    def _left(self, name: str, news: str) -> str:
        part = self._launched[name].part
        left = [
            other
            for other, each in self._launched.items()
            if each.part is part and other not in self._given_up
        ]
        if not left:
            raise StackError(f"{news}\n{part} keeps crashing")
        return f"{len(left)} of {part}"

    async def _wait_for_revival(self, name: str, seconds_max: float | None) -> None:
        # Cleared afterwards: `revive` may see a death before the loop does.
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._woken[name].wait(), seconds_max)
        self._woken[name].clear()

    def _note(self, name: str, reason: str) -> None:
        if process := self.record.processes.get(name):
            process.last_reason = reason
            self._save()

    def _save(self) -> None:
        # A full disk must not end what still runs.
        with contextlib.suppress(OSError):
            self.record.save(self.folder)

    def _tell(self, news: str) -> None:
        self.console.print(news, markup=False, soft_wrap=True)

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
            if before := self.record.processes.get(command.name):
                running.restarts = before.restarts + 1
                running.last_reason = before.last_reason
            self.record.processes[command.name] = running
            try:
                self.record.save(self.folder)
            except OSError:  # such as a full disk: nobody would know of the process
                await process.kill()
                raise
        return process

    async def stop(self) -> None:
        """Stops everything, each part before those it needs."""
        self.record.stopping = True
        self._save()
        for parts in STOP_ORDER:
            await self._stop(
                [each.process for each in self._launched.values() if each.part in parts]
            )
        self.folder.record.unlink(missing_ok=True)

    async def _stop(self, processes: list[Process]) -> None:
        left = {asyncio.create_task(process.stop(), name=process.name) for process in processes}
        while left:
            ended, left = await asyncio.wait(left, timeout=TELL_SECONDS)
            for task in ended:
                task.result()
            if left and not ended:
                self._tell(f"stopping: {', '.join(sorted(task.get_name() for task in left))}")
