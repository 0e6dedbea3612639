"""Running a command as a client of the stack."""

import os
import shutil
from typing import NoReturn

from embedded_stack._commands import control
from embedded_stack._plan.settings import Settings
from embedded_stack.environment import forget_libpq, keep_loopback_direct
from embedded_stack.errors import StackError


def run(settings: Settings, command: list[str]) -> NoReturn:
    """Becomes a command that knows where the stack's parts are, unless it was told otherwise.

    Raises:
        StackError: the stack is down, and nothing else was named; or there is no such command.
    """
    where = _environment(settings)
    program = shutil.which(command[0])
    if program is None:
        raise StackError(f"there is no command {command[0]}")
    environment = dict(os.environ)
    missing = {name: value for name, value in where.items() if not environment.get(name)}
    keep_loopback_direct(environment)
    if any(name.endswith("DATABASE_URL") for name in missing):
        forget_libpq(environment)
    os.execve(program, command, environment | missing)  # noqa: S606 - the caller's own command


def _environment(settings: Settings) -> dict[str, str]:
    try:
        return control.environment(settings)
    except StackError as down:
        names = [name.upper() for part in control.CLIENTS.values() for name in part]
        if any(os.environ.get(name) for name in names):
            return {}
        raise StackError(
            f"{down}: `./justw up` starts it; or say where to go with {', '.join(names)}"
        ) from None
