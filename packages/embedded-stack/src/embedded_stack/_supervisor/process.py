"""Starting, watching and stopping one process of the stack."""

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
    """What to run, and how to end it."""

    name: str
    arguments: Sequence[str | Path]
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)
    folder: Path | None = None
    """Where to run; the caller's folder by default."""
    user: str | None = None
    """Another user to run as; only root can."""
    stop_signal: signal.Signals = signal.SIGTERM
    stop_seconds_max: float = 20.0
    stopped: Callable[[], None] = lambda: None
    """What to do once it has ended as asked."""


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
                    # Another user may not be allowed to enter this one's folder.
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
        """Waits for the end; gives the exit code, negative for a signal."""
        return await self._process.wait()

    async def stop(self) -> None:
        """Asks the process to end, and kills it when it does not in time."""
        if not self.running:
            return
        self._process.send_signal(self.command.stop_signal)
        self.resume()  # one that is paused would not hear it
        try:
            async with asyncio.timeout(self.command.stop_seconds_max):
                await self.wait()
            self.command.stopped()
        except TimeoutError:
            await self.kill()

    def pause(self) -> None:
        """Stops the process in its tracks: it keeps its connections and answers nobody."""
        self._process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Lets a paused process go on."""
        self._process.send_signal(signal.SIGCONT)

    async def kill(self, number: signal.Signals = signal.SIGKILL) -> None:
        """Sends a signal that ends the process, and waits for that."""
        if self.running:
            self._process.send_signal(number)
        async with asyncio.timeout(KILL_SECONDS_MAX):
            await self.wait()

    def failure(self, what: str) -> str:
        """Says what happened to the process, with the last lines of its log."""
        try:
            with self._log.open("rb") as log:
                log.seek(max(0, self._log.stat().st_size - TAIL_BYTES_MAX))
                lines = log.read().decode(errors="replace").splitlines()[-TAIL_LINES:]
        except FileNotFoundError:  # somebody has tidied up
            lines = []
        shown = "".join(f"\n  {line}" for line in lines)
        return f"{self.name} {what}; the end of {self._log}:{shown}"


def ending(code: int) -> str:
    """Puts an exit code into words."""
    return f"was killed by {signal.Signals(-code).name}" if code < 0 else f"exited with {code}"


async def finish(process: Process, seconds_max: float) -> None:
    """Waits for the end of a command of the preparation.

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
