"""What runs, on disk: for `status` and `down`, and to end what a killed supervisor left behind."""

import contextlib
import os

import psutil
from pydantic import BaseModel, ValidationError

from stack.folder import Folder, write_private

STOP_SECONDS_MAX = 10.0
"""How long leftovers have to end after SIGTERM, before they are killed."""


class RunningProcess(BaseModel):
    """A process, told apart from a later one of the same id by the time it was created."""

    pid: int
    create_time: float

    @classmethod
    def of(cls, pid: int) -> "RunningProcess":
        """Describes a process that runs now."""
        return cls(pid=pid, create_time=psutil.Process(pid).create_time())

    def find(self) -> psutil.Process | None:
        """The process, if it still runs."""
        with contextlib.suppress(psutil.NoSuchProcess):
            process = psutil.Process(self.pid)
            alive = process.status() != psutil.STATUS_ZOMBIE
            if alive and process.create_time() == self.create_time:
                return process
        return None


class Record(BaseModel):
    """A supervisor, the processes that it started, and where they can be reached."""

    supervisor: RunningProcess
    processes: dict[str, RunningProcess] = {}
    ports: dict[str, int] = {}
    urls: dict[str, str] = {}

    @classmethod
    def load(cls, folder: Folder) -> "Record | None":
        """Reads the record, if there is one that can be read."""
        try:
            return cls.model_validate_json(folder.record.read_bytes())
        except (FileNotFoundError, ValidationError):
            return None

    def save(self, folder: Folder) -> None:
        """Writes the record in one step."""
        write_private(folder.record, self.model_dump_json(indent=2))


def start(folder: Folder) -> Record:
    """A record of this process as the supervisor, which has started nothing yet."""
    record = Record(supervisor=RunningProcess.of(os.getpid()))
    record.save(folder)
    return record


def sweep(folder: Folder) -> list[str]:
    """Ends the processes of a supervisor that is gone; gives their names.

    Does nothing while the recorded supervisor lives, so it is safe at any time.
    """
    record = Record.load(folder)
    if record is None or record.supervisor.find():
        return []
    found = {name: process.find() for name, process in record.processes.items()}
    leftovers = {name: process for name, process in found.items() if process}
    for process in leftovers.values():
        with contextlib.suppress(psutil.NoSuchProcess):
            # PostgreSQL's SIGTERM waits for clients to leave; SIGINT does not.
            process.send_signal(2 if process.name() == "postgres" else 15)
    _, alive = psutil.wait_procs(leftovers.values(), timeout=STOP_SECONDS_MAX)
    for process in alive:
        process.kill()
    psutil.wait_procs(alive, timeout=STOP_SECONDS_MAX)
    return list(leftovers)
