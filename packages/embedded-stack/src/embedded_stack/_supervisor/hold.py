"""Locks a stack's folder for one supervisor, and starts the guard that ends its processes."""

import asyncio
import os
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from filelock import AsyncFileLock, Timeout

from embedded_stack._supervisor import record
from embedded_stack._supervisor.console import Console
from embedded_stack._supervisor.folder import Folder
from embedded_stack._supervisor.supervisor import StopOrder, Supervisor
from embedded_stack.environment import python
from embedded_stack.errors import StackError


@asynccontextmanager
async def hold(
    folder: Folder, console: Console, stop_order: StopOrder = ()
) -> AsyncIterator[Supervisor]:
    """Gives the folder to one supervisor for the length of the block; no process of the stack outlives it.

    Raises:
        StackError: another supervisor holds the folder.
    """
    folder.create()
    lock = AsyncFileLock(folder.lock, timeout=0)
    try:
        await lock.acquire()
    except Timeout:
        raise StackError(f"the stack of {folder.path} is {_state(folder)}") from None
    try:
        if left := record.Record.load(folder):
            await asyncio.to_thread(record.sweep, left, console.print)
        held = Supervisor(folder, console, stop_order)
        with _guard(folder):
            try:
                yield held
            finally:
                await held.stop()
    finally:
        await lock.release()


def _state(folder: Folder) -> str:
    held = record.Record.load(folder)
    return "still stopping" if held and held.stopping else "already up; `down` stops it"


def _guard(folder: Folder) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        (*python("embedded_stack._supervisor.guard"), folder.path, str(os.getpid())),
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
