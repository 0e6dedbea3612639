"""Asks a running supervisor to restart its dead processes."""

import signal
import time

from embedded_stack._supervisor.folder import Folder
from embedded_stack._supervisor.record import Record, RunningProcess
from embedded_stack.errors import StackError

REVIVE_SIGNAL = signal.SIGUSR1
READY_SECONDS_MAX = 100.0
"""More than READY_SECONDS_MAX of a supervisor."""
POLL_SECONDS = 0.05


def revive(folder: Folder) -> list[str]:
    """Restarts the dead processes of a running stack and waits until they are up; returns their names.

    Raises:
        StackError: a process doesn't come up in time.
    """
    record = Record.load(folder)
    supervisor = record.supervisor.find() if record else None
    if not record or not supervisor or record.stopping:
        return []
    dead = [name for name, process in record.processes.items() if _has_died(process)]
    if not dead:
        return []
    supervisor.send_signal(REVIVE_SIGNAL)
    deadline = time.monotonic() + READY_SECONDS_MAX
    while left := _not_up(folder, dead):
        if time.monotonic() > deadline:
            raise StackError(f"{', '.join(left)} did not come up again; see {folder.logs}")
        time.sleep(POLL_SECONDS)
    return dead


def _has_died(process: RunningProcess) -> bool:
    """Tells whether a process is dead, or being restarted at this moment."""
    state = process.state()
    return state == "dead" or (state == "starting" and process.restarts > 0)


def _not_up(folder: Folder, names: list[str]) -> list[str]:
    record = Record.load(folder)
    if record is None or not record.supervisor.find():
        raise StackError(f"the stack went down: see {folder.log('supervisor')}")
    up = {name for name, process in record.processes.items() if process.state() == "up"}
    return [name for name in names if name not in up]
