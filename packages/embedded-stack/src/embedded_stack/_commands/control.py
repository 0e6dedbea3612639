"""What is done to a stack from outside of its supervisor."""

import asyncio
import contextlib
import shutil
from collections.abc import Iterable

import psutil
from filelock import FileLock, Timeout

from embedded_stack._plan import migrations
from embedded_stack._plan.blueprint import Blueprint
from embedded_stack._plan.endpoints import Endpoints
from embedded_stack._plan.settings import Part, Ports, Settings
from embedded_stack._supervisor.folder import Folder
from embedded_stack._supervisor.process import Command, Process, finish
from embedded_stack._supervisor.record import Record, sweep
from embedded_stack._supervisor.waiting import Tell, nobody, wait_for_ends
from embedded_stack.errors import StackError

STOP_SECONDS_MAX = 150.0
MIGRATION_SECONDS_MAX = 600.0

CLIENTS = {
    Part.POSTGRES: ("orders_database_url", "payments_database_url"),
    Part.KAFKA: ("kafka_bootstrap_servers",),
    Part.REGISTRY: ("schema_registry_url",),
}
"""What a client is told of each part, as the role that a service has."""


def status(settings: Settings) -> Record:
    """What the stack of these settings is.

    Raises:
        StackError: it is down.
    """
    folder = Folder(settings.folder)
    record = Record.load(folder)
    if record is None or not record.supervisor.find():
        raise StackError(f"the stack of {folder.path} is down")
    return record


def down(settings: Settings, tell: Tell = nobody) -> str:
    """Stops the stack, or what a killed supervisor left of it; says what it did.

    `tell` is told every few seconds what still runs.

    Raises:
        StackError: it does not stop.
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
        return [name for name, each in record.processes.items() if each.find()] or [
            "the supervisor"
        ]

    if not wait_for_ends(running, STOP_SECONDS_MAX, tell):
        raise StackError(
            f"the supervisor (process {record.supervisor.pid}) is still stopping "
            f"after {STOP_SECONDS_MAX:.0f} s"
        )


def reset(settings: Settings) -> str:
    """Removes the stack's data; says what it did.

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
    """Applies the missing migrations.

    Raises:
        StackError: a database cannot be reached, or a migration fails.
    """
    folder = Folder(settings.folder)
    folder.create()
    endpoints = _endpoints(settings, folder, Record.load(folder))
    asyncio.run(_run(migrations.migrate(endpoints), folder))


def environment(settings: Settings) -> dict[str, str]:
    """Where the parts are that run here, as the environment variables that a client reads.

    Raises:
        StackError: the stack is down.
    """
    record = status(settings)
    endpoints = _endpoints(settings, Folder(settings.folder), record)
    names = [name for part in CLIENTS if part in record.processes for name in CLIENTS[part]]
    return endpoints.environment(*names)


def _endpoints(settings: Settings, folder: Folder, record: Record | None) -> Endpoints:
    if record and record.ports:
        settings = settings.model_copy(update={"ports": Ports(**record.ports)})
    return Blueprint(settings, folder, Part).endpoints


async def _run(commands: Iterable[Command], folder: Folder) -> None:
    for command in commands:
        process = await Process.start(command, folder.log(command.name))
        await finish(process, MIGRATION_SECONDS_MAX)
