"""Commands on a stack from outside its supervisor's process."""

import asyncio
import contextlib
import shutil
from collections.abc import Iterable
from dataclasses import replace
from itertools import chain

import psutil
from filelock import FileLock, Timeout

from embedded_stack._plan import migrations
from embedded_stack._plan.blueprint import Blueprint
from embedded_stack._plan.endpoints import Endpoints
from embedded_stack._plan.settings import Settings
from embedded_stack._supervisor.folder import Folder
from embedded_stack._supervisor.process import Command, Process, finish
from embedded_stack._supervisor.record import Record, sweep
from embedded_stack._supervisor.waiting import Tell, silent, wait_for_ends
from embedded_stack.errors import StackError
from embedded_stack.servers import SERVERS

STOP_SECONDS_MAX = 150.0
MIGRATION_SECONDS_MAX = 600.0


def status(settings: Settings) -> Record:
    """Returns the record of the stack with these settings.

    Raises:
        StackError: it is down.
    """
    folder = Folder(settings.folder)
    record = Record.load(folder)
    if record is None or not record.supervisor.find():
        raise StackError(f"the stack of {folder.path} is down")
    return record


def down(settings: Settings, tell: Tell = silent) -> str:
    """Stops the stack, or the processes that a killed supervisor left; returns what it did.

    Args:
        settings: those of the stack.
        tell: is called every few seconds with the processes that still run.

    Raises:
        StackError: the supervisor doesn't end in time.
    """
    folder = Folder(settings.folder)
    record = Record.load(folder)
    supervisor = record.supervisor.find() if record else None
    if record and supervisor:
        with contextlib.suppress(psutil.NoSuchProcess):
            supervisor.terminate()
        _wait(record, tell)
        return "the stack is down"
    leftovers = sweep(record, tell) if record else []
    if record:
        folder.record.unlink(missing_ok=True)
    if leftovers:
        return f"the stack was down; ended its leftovers: {', '.join(leftovers)}"
    return "the stack was down already"


def _wait(record: Record, tell: Tell) -> None:
    def running() -> list[str]:
        if not record.supervisor.find():
            return []
        names = [name for name, process in record.processes.items() if process.find()]
        return names or ["the supervisor"]

    if not wait_for_ends(running, STOP_SECONDS_MAX, tell):
        raise StackError(
            f"the supervisor (process {record.supervisor.pid}) is still stopping "
            f"after {STOP_SECONDS_MAX:.0f} s"
        )


def reset(settings: Settings) -> str:
    """Removes the stack's folder; returns what it did.

    Raises:
        StackError: the stack is up, or the folder is not a stack's.
    """
    folder = Folder(settings.folder)
    if not folder.path.exists():
        return f"there is no {folder.path}"
    folder.check()
    try:
        with FileLock(folder.lock, timeout=0):
            if left := Record.load(folder):
                sweep(left)
            shutil.rmtree(folder.path)
    except Timeout:
        raise StackError("the stack is up; `down` stops it, then `reset` wipes it") from None
    return f"removed {folder.path}"


def migrate(settings: Settings) -> None:
    """Applies the missing migrations and grants the services' privileges.

    Raises:
        StackError: a database can't be reached, or a migration fails.
    """
    folder = Folder(settings.folder)
    folder.create()
    endpoints = _endpoints(settings, folder, Record.load(folder))
    databases = migrations.migrate(settings.topology, endpoints)
    asyncio.run(_run(chain.from_iterable(databases), folder))


def environment(settings: Settings) -> dict[str, str]:
    """Returns the variables that name the running servers to their clients.

    Raises:
        StackError: the stack is down.
    """
    record = status(settings)
    endpoints = _endpoints(settings, Folder(settings.folder), record)
    return endpoints.environment(server for server in SERVERS if server in record.processes)


def _endpoints(settings: Settings, folder: Folder, record: Record | None) -> Endpoints:
    if record and record.ports:
        settings = replace(settings, ports=record.ports, auth=record.auth)
    return Blueprint(settings, folder, settings.topology.parts).endpoints


async def _run(commands: Iterable[Command], folder: Folder) -> None:
    for command in commands:
        process = await Process.start(command, folder.log(command.name))
        await finish(process, MIGRATION_SECONDS_MAX)
