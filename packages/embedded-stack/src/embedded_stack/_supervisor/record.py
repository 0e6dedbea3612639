"""The running processes, on disk: for `status`, for `down`, and to end the processes of a killed supervisor."""

import contextlib
import os
import signal

import psutil
from pydantic import BaseModel, ValidationError

from embedded_stack._supervisor.folder import Folder, write_private
from embedded_stack._supervisor.waiting import Tell, silent, wait_for_ends

STOP_SECONDS_MAX = 10.0
"""The time between the stop signal and SIGKILL."""


class RunningProcess(BaseModel):
    """A process; its creation time tells it from a later process with the same id."""

    pid: int
    create_time: float
    stop_signal: signal.Signals = signal.SIGTERM
    ready: bool = False
    restarts: int = 0
    last_reason: str = ""
    """How the previous process ended, or this one when it is dead."""

    @classmethod
    def of(cls, pid: int, stop_signal: signal.Signals = signal.SIGTERM) -> "RunningProcess":
        """Returns the record of a process that runs now."""
        created = psutil.Process(pid).create_time()
        return cls(pid=pid, create_time=created, stop_signal=stop_signal)

    def find(self) -> psutil.Process | None:
        """Returns the process, unless it has ended."""
        with contextlib.suppress(psutil.NoSuchProcess):
            process = psutil.Process(self.pid)
            alive = process.status() != psutil.STATUS_ZOMBIE
            if alive and process.create_time() == self.create_time:
                return process
        return None

    def state(self) -> str:
        """Returns `starting`, `up`, `frozen` (by SIGSTOP) or `dead`."""
        found = self.find()
        with contextlib.suppress(psutil.NoSuchProcess):
            if found and found.status() == psutil.STATUS_STOPPED:
                return "frozen"
            if found:
                return "up" if self.ready else "starting"
        return "dead"


class Record(BaseModel):
    """A supervisor, the processes that it started, and their addresses."""

    supervisor: RunningProcess
    processes: dict[str, RunningProcess] = {}
    stopping: bool = False
    ports: dict[str, int] = {}
    urls: dict[str, str] = {}
    auth: bool = False
    """Whether access control is on."""

    @classmethod
    def load(cls, folder: Folder) -> "Record | None":
        """Reads the record; returns None when it is missing or damaged."""
        try:
            return cls.model_validate_json(folder.record.read_bytes())
        except (FileNotFoundError, ValidationError):
            return None

    def save(self, folder: Folder) -> None:
        """Writes the record atomically."""
        write_private(folder.record, self.model_dump_json(indent=2))


def start(folder: Folder) -> Record:
    """Writes and returns the record of this process as a supervisor without processes."""
    record = Record(supervisor=RunningProcess.of(os.getpid()))
    record.save(folder)
    return record


def sweep(record: Record, tell: Tell = silent) -> list[str]:
    """Ends the processes of a supervisor that has ended; returns their names."""
    found = {name: process.find() for name, process in record.processes.items()}
    leftovers = {name: process for name, process in found.items() if process}

    def running() -> list[str]:
        # A zombie counts as ended: a PID 1 that doesn't reap keeps it for ever.
        return [name for name in leftovers if record.processes[name].find()]

    for name, process in leftovers.items():
        with contextlib.suppress(psutil.NoSuchProcess):
            process.send_signal(record.processes[name].stop_signal)
    if not wait_for_ends(running, STOP_SECONDS_MAX, tell):
        for process in leftovers.values():
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        wait_for_ends(running, STOP_SECONDS_MAX, tell)
    return list(leftovers)
