"""Runs a command as a client of the stack."""

import os
import shutil
from typing import NoReturn

from embedded_stack._commands import control
from embedded_stack._plan import external
from embedded_stack._plan.settings import Settings
from embedded_stack.environment import forget_libpq, keep_loopback_direct
from embedded_stack.errors import StackError
from embedded_stack.topology import Topology


def execute(settings: Settings, command: list[str]) -> NoReturn:
    """Replaces this process by a command whose environment names the stack's servers.

    Variables that the caller has set are kept.

    Raises:
        StackError: the stack is down and the caller names no server; or the command doesn't exist.
    """
    servers = _servers(settings)
    program = shutil.which(command[0])
    if program is None:
        raise StackError(f"there is no command {command[0]}")
    environment = dict(os.environ)
    missing = {name: value for name, value in servers.items() if not environment.get(name)}
    keep_loopback_direct(environment)
    if any(name.endswith("DATABASE_URL") for name in missing):
        forget_libpq(environment)
    os.execve(program, command, environment | missing)  # noqa: S606 - the caller's own command


def _servers(settings: Settings) -> dict[str, str]:
    try:
        return control.environment(settings)
    except StackError as down:
        names = _names(settings.topology)
        if any(os.environ.get(name) for name in names):
            return {}
        raise StackError(
            f"{down}: `{settings.topology.command} up` starts it; "
            f"or say where to go with {', '.join(names)}"
        ) from None


def _names(topology: Topology) -> list[str]:
    databases = [external.database_url(service) for service in topology.databases]
    return [*databases, external.KAFKA_BOOTSTRAP_SERVERS, external.SCHEMA_REGISTRY_URL]
