import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from embedded_stack._supervisor.folder import Folder
from embedded_stack._supervisor.record import Record, RunningProcess, start, sweep


@pytest.fixture
def sleeper() -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        yield process
        process.kill()


def test_a_record_is_read_as_it_was_written(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    record = start(folder)

    assert Record.load(folder) == record
    assert record.supervisor.pid == os.getpid()


def test_a_missing_or_damaged_record_is_none(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    assert Record.load(folder) is None
    folder.record.write_text("{")
    assert Record.load(folder) is None


def test_sweep_ends_recorded_processes(sleeper: subprocess.Popen[bytes]) -> None:
    me = RunningProcess.of(os.getpid())
    record = Record(supervisor=me, processes={"kafka": RunningProcess.of(sleeper.pid)})

    assert sweep(record) == ["kafka"]
    assert sleeper.poll() is not None
    assert sweep(record) == []


def test_sweep_ends_no_later_process_with_the_same_id(sleeper: subprocess.Popen[bytes]) -> None:
    earlier = RunningProcess(pid=sleeper.pid, create_time=1.0)
    record = Record(supervisor=earlier, processes={"kafka": earlier})

    assert sweep(record) == []
    assert sleeper.poll() is None


def test_the_states_of_a_process(sleeper: subprocess.Popen[bytes]) -> None:
    process = RunningProcess.of(sleeper.pid)
    assert process.state() == "starting"
    process.ready = True
    assert process.state() == "up"

    sleeper.send_signal(signal.SIGSTOP)
    os.waitid(os.P_PID, sleeper.pid, os.WSTOPPED)
    assert process.state() == "frozen"

    sleeper.send_signal(signal.SIGCONT)
    os.waitid(os.P_PID, sleeper.pid, os.WCONTINUED)
    assert process.state() == "up"

    sleeper.kill()
    sleeper.wait()
    assert process.state() == "dead"


def test_sweep_reports_a_process_that_does_not_end_within_3_s() -> None:
    words = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf'); input()"
    with subprocess.Popen(
        [sys.executable, "-uc", words], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as deaf:
        assert deaf.stdout
        assert deaf.stdout.readline() == b"deaf\n"
        record = Record(
            supervisor=RunningProcess.of(os.getpid()),
            processes={"kafka": RunningProcess.of(deaf.pid)},
        )
        began = time.monotonic()
        told: list[tuple[str, float]] = []

        def tell(line: str) -> None:
            told.append((line, time.monotonic() - began))
            deaf.kill()

        assert sweep(record, tell) == ["kafka"]

    ((line, after),) = told
    assert line == "stopping: kafka"
    assert after < 3
