"""A real supervisor of idle processes."""

import asyncio
import os
import shutil
import signal
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import IO

import psutil
import pytest

from embedded_stack._commands import table
from embedded_stack._supervisor.console import Console
from embedded_stack._supervisor.folder import Folder
from embedded_stack._supervisor.hold import hold
from embedded_stack._supervisor.process import Command
from embedded_stack._supervisor.record import Record
from embedded_stack._supervisor.restarts import Bounds
from embedded_stack._supervisor.revival import REVIVE_SIGNAL, revive
from embedded_stack._supervisor.supervisor import Supervisor
from embedded_stack.errors import StackError

SECONDS_MAX = 20


async def ready() -> bool:
    return True


def idle(name: str, *arguments: str) -> Command:
    return Command(
        name,
        (
            sys.executable,
            "-c",
            "import signal; print('hello', flush=True); signal.pause()",
            *arguments,
        ),
    )


async def stopped(pid: int, *, yes: bool) -> None:
    """Waits until a process is frozen, or until it is not."""
    while (psutil.Process(pid).status() == psutil.STATUS_STOPPED) != yes:  # noqa: ASYNC110 - no event tells
        await asyncio.sleep(0.01)


async def launch(held: Supervisor) -> None:
    await held.launch("postgres", idle("postgres"), ready)
    for name in ("orders-1", "orders-2"):
        await held.launch("orders", idle(name), ready)


QUICK = Bounds(per_window_max=1, delay_seconds=0.01)


def test_dead_copies_are_restarted_until_all_copies_keep_crashing(folder: Path) -> None:
    async def replaced(held: Supervisor, name: str) -> None:
        dead = held.process(name)
        await dead.kill()
        while held.process(name) is dead or not held.record.processes[name].ready:  # noqa: ASYNC110 - no event tells
            await asyncio.sleep(0.01)

    async def scenario(console: Console) -> None:
        async with asyncio.timeout(SECONDS_MAX), hold(Folder(folder), console) as held:
            await launch(held)
            watching = asyncio.create_task(held.watch(QUICK))
            while not held.folder.log("orders-1").stat().st_size:  # noqa: ASYNC110 - no event tells
                await asyncio.sleep(0.01)
            await replaced(held, "orders-1")
            await replaced(held, "postgres")
            again = Record.load(held.folder)
            assert again
            assert again.processes["orders-1"].restarts == 1
            assert again.processes["orders-1"].last_reason == "was killed by SIGKILL"
            assert again.processes["orders-1"].state() == "up"
            assert again.processes["orders-2"].restarts == 0
            assert (held.folder.logs / "orders-1.1.log").read_text() == "hello\n"

            await held.process("orders-1").kill()
            while "orders-1" not in held._restarting._given_up:  # noqa: ASYNC110 - no event tells
                await asyncio.sleep(0.01)
            assert not watching.done()
            # `up` restarts a process that was given up; no `down` is needed.
            asyncio.get_running_loop().add_signal_handler(REVIVE_SIGNAL, held.revive)
            revived = await asyncio.to_thread(revive, held.folder)
            assert revived == ["orders-1"]

            for name in ("orders-2", "orders-1"):
                await replaced(held, name)
            for name in ("orders-2", "orders-1"):
                await held.process(name).kill()
            with pytest.raises(
                StackError,
                match=r"^orders-[12] was killed by SIGKILL; the end of [^$]*orders keeps crashing$",
            ):
                await watching
            held.record.stopping = True
            shown = table.processes(held.record)
            assert "stopping" in list(shown.columns[1].cells)

    with tempfile.TemporaryFile("w+") as output:
        asyncio.run(scenario(Console(file=output)))
        output.seek(0)
        shown = output.read()
    assert "orders-1 was killed by SIGKILL; the end of " in shown
    assert "starting orders-1 again in 0.01 s" in shown
    assert "orders-1 keeps crashing: 1 of orders left" in shown


def test_a_frozen_process_can_be_resumed_restarted_and_stopped(folder: Path) -> None:
    async def scenario() -> list[psutil.Process]:
        async with asyncio.timeout(SECONDS_MAX), hold(Folder(folder), Console(quiet=True)) as held:
            await launch(held)
            paused = held.process("orders-1")
            paused.pause()
            await stopped(paused.pid, yes=True)
            paused.resume()
            await stopped(paused.pid, yes=False)

            paused.pause()
            await held.restart("orders-1")
            assert (
                await paused.wait() == -signal.SIGTERM
            )  # a frozen process gets SIGTERM once it is resumed
            assert held.process("orders-1").pid != paused.pid
            held.process("orders-2").pause()
            pids = [held.process(f"orders-{number}").pid for number in (1, 2)]
            left = [psutil.Process(pid) for pid in pids]
        # The supervisor has released the folder.
        return [process for process in left if process.is_running()]

    assert asyncio.run(scenario()) == []


def test_a_failed_restart_ends_no_other_process(folder: Path) -> None:
    async def scenario() -> None:
        async with asyncio.timeout(SECONDS_MAX), hold(Folder(folder), Console(quiet=True)) as held:
            program = held.folder.path / "program"
            program.symlink_to(sys.executable)
            command = idle("orders-1")
            command = replace(command, arguments=(program, *command.arguments[1:]))
            await held.launch("orders", command, ready)
            watching = asyncio.create_task(held.watch(Bounds(per_window_max=9, delay_seconds=0.01)))

            # As after someone deleted files, or on a full disk.
            shutil.rmtree(held.folder.logs)
            program.unlink()
            await held.process("orders-1").kill()
            recorded = held.record.processes["orders-1"]
            while not recorded.last_reason.startswith("cannot be started: "):
                assert not watching.done()
                await asyncio.sleep(0.01)
            program.symlink_to(sys.executable)
            while held.record.processes["orders-1"].state() != "up":
                assert not watching.done()
                await asyncio.sleep(0.01)
            watching.cancel()

    asyncio.run(scenario())


def test_revive_restarts_a_process_whose_death_the_supervisor_has_not_noticed(folder: Path) -> None:
    async def scenario() -> None:
        async with asyncio.timeout(SECONDS_MAX), hold(Folder(folder), Console(quiet=True)) as held:
            await launch(held)
            # After its first crash, only `revive` restarts the copy.
            watching = asyncio.create_task(held.watch(Bounds(per_window_max=0)))
            await asyncio.sleep(0)
            os.kill(held.process("orders-1").pid, signal.SIGKILL)
            while held.record.processes["orders-1"].state() != "dead":
                time.sleep(0.01)  # noqa: ASYNC251 - the supervisor must not notice
            held.revive()
            while held.record.processes["orders-1"].state() != "up":  # noqa: ASYNC110 - no event tells
                await asyncio.sleep(0.01)
            watching.cancel()

    asyncio.run(scenario())


def test_a_slow_stop_is_reported_and_its_state_is_stopping(folder: Path) -> None:
    deaf = Command(
        "orders",
        (
            sys.executable,
            "-uc",
            "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf'); signal.pause()",
        ),
    )

    async def scenario(console: Console, output: IO[str]) -> None:
        async with asyncio.timeout(SECONDS_MAX), hold(Folder(folder), console) as held:
            await held.launch("orders", deaf, ready)
            while not held.folder.log("orders").stat().st_size:  # noqa: ASYNC110 - no event tells
                await asyncio.sleep(0.01)
            stopping = asyncio.create_task(held.stop())
            await asyncio.sleep(0)
            recorded = Record.load(held.folder)
            assert recorded
            shown = table.reachable(recorded)
            assert shown.title == "The stack is stopping"
            with pytest.raises(StackError, match=r" is still stopping$"):
                async with hold(Folder(folder), console):
                    pass
            while "stopping: orders\n" not in Path(output.name).read_text():  # noqa: ASYNC240 - no event tells
                assert not stopping.done()
                await asyncio.sleep(0.05)
            await held.process("orders").kill()
            await stopping

    with tempfile.NamedTemporaryFile("w") as output:
        asyncio.run(scenario(Console(file=output), output))


def test_a_process_that_cannot_be_recorded_is_killed(folder: Path) -> None:
    async def scenario() -> None:
        async with asyncio.timeout(SECONDS_MAX), hold(Folder(folder), Console(quiet=True)) as held:
            # As on a full disk, the record can't be written.
            held.folder.record.with_name(f"{held.folder.record.name}.draft").mkdir()
            with pytest.raises(OSError, match="draft"):
                await held.launch("postgres", idle("postgres", str(folder)), ready)

    asyncio.run(scenario())
    running = [process.info["cmdline"] or [] for process in psutil.process_iter(["cmdline"])]
    assert not [words for words in running if str(folder) in words]
