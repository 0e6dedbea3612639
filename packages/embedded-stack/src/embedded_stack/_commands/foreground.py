"""Runs a supervisor in the foreground of a terminal, or detached from it."""

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from embedded_stack._commands import table
from embedded_stack._plan.blueprint import Blueprint
from embedded_stack._plan.copies import parse
from embedded_stack._plan.settings import Settings
from embedded_stack._plan.startup import Startup
from embedded_stack._supervisor.console import Console
from embedded_stack._supervisor.folder import Folder
from embedded_stack._supervisor.hold import hold
from embedded_stack._supervisor.logs import open_new
from embedded_stack._supervisor.process import PRIVATE
from embedded_stack._supervisor.revival import REVIVE_SIGNAL, revive
from embedded_stack.environment import forget_libpq, keep_loopback_direct, python

INTERRUPTED = 130
"""The exit code of a start that Ctrl-C ended, as shells have it."""

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass(frozen=True)
class Order:
    """The arguments of `up`."""

    parts: Sequence[str]
    """The names of parts; all of them when it is empty."""
    scale: str = ""
    """As it was typed, such as `web=2`."""
    auth: bool = False
    """Whether access control is on."""


def run(settings: Settings, order: Order, console: Console, ready_fd: int | None) -> int:
    """Starts the stack and supervises it until a signal stops it; returns the exit code.

    Raises:
        StackError: it can't start, or all copies of a part keep crashing.
    """
    os.umask(PRIVATE)
    keep_loopback_direct(os.environ)
    forget_libpq(os.environ)
    if revived := revive(Folder(settings.folder)):
        console.print(f"started again: {', '.join(revived)}")
        if ready_fd is not None:
            os.write(ready_fd, b"1")
        return 0
    return asyncio.run(_hold(settings, order, console, ready_fd))


def detach(topology_file: Path, order: Order) -> int:
    """Runs `up` in a session of its own and waits until it is ready; returns its exit code if it fails."""
    reader, writer = os.pipe()
    with os.fdopen(reader, "rb") as ready:
        program = (*python("embedded_stack"), "--topology", str(topology_file))
        options = ["--ready-fd", str(writer), f"--scale={order.scale}"]
        options += ["--auth"] if order.auth else []
        process = subprocess.Popen(
            (*program, "up", *options, *order.parts),
            stdin=subprocess.DEVNULL,
            pass_fds=(writer,),
            start_new_session=True,
        )
        os.close(writer)
        try:
            if ready.read(1):
                return 0
        except KeyboardInterrupt:
            process.terminate()
        return process.wait()


async def _hold(settings: Settings, order: Order, console: Console, ready_fd: int | None) -> int:
    topology, settings = settings.topology, replace(settings, auth=order.auth)
    scale = parse(order.scale, topology)
    folder = Folder(settings.folder)
    ready = False
    _cancel_on_signals(console)
    try:
        async with hold(folder, console, topology.stop_order) as held:
            blueprint = Blueprint(settings, folder, order.parts or topology.parts, scale)
            # Registered before any process is recorded as dead, because the unhandled signal would end this process.
            asyncio.get_running_loop().add_signal_handler(REVIVE_SIGNAL, held.revive)
            urls = table.urls(topology, blueprint.endpoints, blueprint.parts)
            held.describe(blueprint.ports, urls, auth=settings.auth)
            await Startup(blueprint, held).run()
            ready = True
            console.print(table.reachable(held.record))
            detached = ready_fd is not None
            console.print(table.next_step(topology, blueprint.parts, detached=detached))
            if ready_fd is not None:
                _leave_terminal(folder, ready_fd)
            await held.watch()
    except asyncio.CancelledError:
        return 0 if ready else INTERRUPTED
    return 0


def _cancel_on_signals(console: Console) -> None:
    """Cancels this task at the first signal and ignores later ones, because the stack is stopping already."""
    task = asyncio.current_task()
    loop = asyncio.get_running_loop()

    def stop() -> None:
        for number in STOP_SIGNALS:
            loop.remove_signal_handler(number)
            signal.signal(number, signal.SIG_IGN)
        if task:
            task.cancel()
        console.print("stopping")

    for number in STOP_SIGNALS:
        # `nohup` makes its command ignore SIGHUP; keep that.
        if number is not signal.SIGHUP or signal.getsignal(number) is not signal.SIG_IGN:
            loop.add_signal_handler(number, stop)


def _leave_terminal(folder: Folder, ready_fd: int) -> None:
    """Redirects the output to a log and tells `up -d` to return."""
    with open_new(folder.log("supervisor")) as log:
        with contextlib.suppress(OSError):  # the reader may have closed the pipe
            sys.stdout.flush()
        for output in (sys.stdout, sys.stderr):
            os.dup2(log.fileno(), output.fileno())
    os.write(ready_fd, b"1")
    os.close(ready_fd)
