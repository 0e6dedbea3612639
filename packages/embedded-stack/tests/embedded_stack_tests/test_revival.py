import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from embedded_stack._supervisor.folder import Folder
from embedded_stack._supervisor.record import Record, RunningProcess
from embedded_stack._supervisor.revival import revive

SUPERVISOR = """
import signal, sys
from pathlib import Path
from embedded_stack._supervisor.folder import Folder
from embedded_stack._supervisor.record import Record
folder = Folder(Path(sys.argv[1]))
def get_ready(*_):
    record = Record.load(folder)
    record.processes["gateway"].ready = True
    record.save(folder)
signal.signal(signal.SIGUSR1, get_ready)
print("up", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def supervisor(tmp_path: Path) -> Iterator[int]:
    with subprocess.Popen(
        (sys.executable, "-c", SUPERVISOR, tmp_path), stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == b"up\n"
        yield process.pid


def test_revive_waits_for_a_process_that_is_being_restarted(
    supervisor: int, tmp_path: Path
) -> None:
    folder = Folder(tmp_path)
    starting = RunningProcess.of(psutil.Process().pid)
    record = Record(supervisor=RunningProcess.of(supervisor), processes={"gateway": starting})
    record.save(folder)
    assert revive(folder) == []  # this is its first start, which another `up` waits for

    starting.restarts = 1
    record.save(folder)
    assert revive(folder) == ["gateway"]
    after = Record.load(folder)
    assert after
    assert after.processes["gateway"].state() == "up"
