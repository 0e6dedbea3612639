"""Starts, observes and stops one process of the stack."""

import asyncio
import signal
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from embedded_stack._supervisor.logs import open_new
from embedded_stack.environment import for_process
from embedded_stack.errors import StackError

TAIL_LINES = 8
TAIL_BYTES_MAX = 16_384
KILL_SECONDS_MAX = 10.0
PRIVATE = 0o077
"""The umask of every process: data and logs are for their owner only."""


@dataclass(frozen=True)
class Command:
    """The words and the environment of a process, and how to end it."""

    name: str
    arguments: Sequence[str | Path]
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)
    folder: Path | None = None
    """Its working folder; the caller's by default."""
    user: str | None = None
    """The user that it runs as; only root can name another than itself."""
    stop_signal: signal.Signals = signal.SIGTERM
    stop_seconds_max: float = 20.0
    stopped: Callable[[], None] = lambda: None
    """Called once it has ended by its stop signal."""


class Process:
    """A running process, in a session of its own so that Ctrl-C reaches the supervisor only."""

    def __init__(self, command: Command, log: Path, process: asyncio.subprocess.Process) -> None:
        self.command = command
        self.name = command.name
        self._log = log
        self._process = process

    @classmethod
    async def start(cls, command: Command, log: Path) -> Self:
        """Starts a process whose output goes to its log.

        Raises:
            StackError: it cannot be started.
        """
        try:
            with open_new(log) as output:
                process = await asyncio.create_subprocess_exec(
                    *command.arguments,
                    stdin=asyncio.subprocess.DEVNULL,
                    stdout=output,
                    stderr=asyncio.subprocess.STDOUT,
                    env=for_process(command.environment),
                    # Another user may lack the permission to enter the caller's folder.
                    cwd="/" if command.user else command.folder,
                    user=command.user,
                    umask=PRIVATE,
                    start_new_session=True,
                )
        except PermissionError as error:
            raise StackError(f"{command.name} cannot be started: {error}") from None
        return cls(command, log, process)

    @property
    def running(self) -> bool:
        """Whether the process has not ended."""
        return self._process.returncode is None

    @property
    def pid(self) -> int:
        """The operating system's id of the process."""
        return self._process.pid

    async def wait(self) -> int:
        """Waits for the end; returns the exit code, negative for a signal."""
        return await self._process.wait()

    async def stop(self) -> None:
        """Sends the stop signal, and kills the process when it doesn't end in time."""
        if not self.running:
            return
        self._process.send_signal(self.command.stop_signal)
        self.resume()  # a frozen process doesn't receive signals
        try:
            async with asyncio.timeout(self.command.stop_seconds_max):
                await self.wait()
            self.command.stopped()
        except TimeoutError:
            await self.kill()

    def pause(self) -> None:
        """Freezes the process (SIGSTOP): it keeps its connections and responds to nothing."""
        self._process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Resumes a frozen process (SIGCONT)."""
        self._process.send_signal(signal.SIGCONT)

    async def kill(self, number: signal.Signals = signal.SIGKILL) -> None:
        """Sends a signal that ends the process, and waits for that."""
        if self.running:
            self._process.send_signal(number)
        async with asyncio.timeout(KILL_SECONDS_MAX):
            await self.wait()

    def failure(self, what: str) -> str:
        """Returns what happened to the process, with the last lines of its log."""
        try:
            with self._log.open("rb") as log:
                log.seek(max(0, self._log.stat().st_size - TAIL_BYTES_MAX))
                lines = log.read().decode(errors="replace").splitlines()[-TAIL_LINES:]
        except FileNotFoundError:  # the logs were removed
            lines = []
        shown = "".join(f"\n  {line}" for line in lines)
        return f"{self.name} {what}; the end of {self._log}:{shown}"


def ending(code: int) -> str:
    """Returns an exit code in words."""
    return f"was killed by {signal.Signals(-code).name}" if code < 0 else f"exited with {code}"


async def finish(process: Process, seconds_max: float) -> None:
    """Waits for a command that ends by itself.

    Raises:
        StackError: it failed, or took too long; with the last lines of its log.
    """
    try:
        async with asyncio.timeout(seconds_max):
            code = await process.wait()
    except TimeoutError:
        raise StackError(process.failure(f"took more than {seconds_max:.0f} s")) from None
    finally:
        if process.running:
            await process.kill()
    if code:
        raise StackError(process.failure(ending(code)))
