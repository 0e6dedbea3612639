"""No process of the stack outlives it, however it ends."""

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import psutil
import psycopg
import pytest

from tests.integration.stack.conftest import CommandLine
from tests.shop_topology import ROOT

SECONDS_MAX = 20


def test_a_killed_part_is_restarted(stack: CommandLine) -> None:
    stack.run("up", "-d", "postgres")
    url = stack.run("exec", "--", "printenv", "ORDERS_DATABASE_URL").stdout.strip()
    first = stack.process("postgres")
    first.kill()

    deadline = time.monotonic() + SECONDS_MAX
    while (
        stack.record().processes["postgres"].restarts == 0 or "up" not in stack.run("status").stdout
    ):
        assert time.monotonic() < deadline
    stack.run("up", "postgres")
    psycopg.connect(url).close()
    status = stack.run("status").stdout
    assert "was killed by SIGKILL" in status
    log = stack.folder.log("supervisor").read_text()
    assert "starting postgres again in 1 s" in log
    assert "ready to accept connections" in (stack.folder.logs / "postgres.1.log").read_text()


def test_a_killed_supervisor_leaves_no_process(stack: CommandLine) -> None:
    stack.run("up", "-d", "postgres")
    left = stack.processes()
    supervisor = stack.record().supervisor.find()
    assert supervisor

    supervisor.kill()

    _, alive = psutil.wait_procs(left, timeout=SECONDS_MAX)
    assert alive == []
    again = stack.run("up", "-d", "postgres")
    assert (again.returncode, again.stderr) == (0, "")


def test_a_closed_output_pipe_does_not_end_the_stack(stack: CommandLine) -> None:
    with stack.open("up", "-d", "postgres") as up:
        assert up.stdout
        up.stdout.close()  # as `| head` does later
        assert up.wait(SECONDS_MAX) == 0

    assert "postgres" in stack.run("status").stdout
    assert stack.process("postgres").is_running()


def test_the_next_command_ends_processes_that_outlived_supervisor_and_guard(
    stack: CommandLine,
) -> None:
    stack.run("up", "-d", "postgres")
    postgres = stack.process("postgres")
    supervisor = stack.record().supervisor.find()
    assert supervisor
    for guard in stack.processes():
        if "embedded_stack._supervisor.guard" in guard.cmdline():
            guard.send_signal(signal.SIGKILL)
    supervisor.kill()
    supervisor.wait(SECONDS_MAX)
    assert postgres.is_running()

    down = stack.run("down")

    assert down.stdout == "the stack was down; ended its leftovers: postgres\n"
    # An ended process is a zombie until PID 1 reaps it.
    assert not postgres.is_running() or postgres.status() == psutil.STATUS_ZOMBIE


UNREAPED = ("unshare", "--pid", "--fork", "--mount-proc")
INIT = """
import subprocess, sys
from pathlib import Path
stack = (sys.executable, "-m", "embedded_stack")
subprocess.run((*stack, "up", "-d", "postgres"), check=True, stdout=subprocess.DEVNULL)
subprocess.run((*stack, "down"), check=True)
ended = [path for path in Path("/proc").glob("[0-9]*/status") if "State:\tZ" in path.read_text()]
print("zombies" if ended else "no zombie")
"""


def test_down_ends_under_a_pid_1_that_reaps_no_zombies(stack: CommandLine) -> None:
    if os.geteuid() or subprocess.run((*UNREAPED, "true"), check=False).returncode:
        pytest.skip("needs root and the right to create PID namespaces")
    down = subprocess.run(
        (*UNREAPED, sys.executable, "-c", INIT),
        env=stack.environment,
        capture_output=True,
        text=True,
        timeout=SECONDS_MAX,
        check=False,
    )

    assert down.returncode == 0, down.stderr
    assert down.stdout.splitlines()[-2:] == ["the stack is down", "zombies"]


def test_nohup_survives_a_hang_up_and_down_names_the_parts_that_still_stop(
    stack: CommandLine, tmp_path: Path
) -> None:
    command = ("nohup", sys.executable, "-m", "embedded_stack", "up", "postgres")
    output_file = tmp_path / "nohup.out"
    with output_file.open("wb") as output:
        supervisor = psutil.Popen(
            command, env=stack.environment, stdout=output, stderr=output, start_new_session=True
        )
    while "Ctrl-C stops everything" not in output_file.read_text():
        assert supervisor.poll() is None, output_file.read_text()
        time.sleep(0.05)

    supervisor.send_signal(signal.SIGHUP)
    assert "The stack is up" in stack.run("status").stdout

    supervisor.suspend()
    with stack.open("down") as down:
        assert down.stdout
        assert down.stdout.readline() == "stopping: postgres\n"
        supervisor.resume()
        rest, errors = down.communicate(timeout=SECONDS_MAX)
    assert (rest.splitlines()[-1], errors) == ("the stack is down", "")
    assert supervisor.wait(SECONDS_MAX) == 0


def test_ctrl_c_ends_up_with_0_and_a_terminal_that_hangs_up_ends_it_too(stack: CommandLine) -> None:
    for hang_up in (False, True):
        terminal, end = os.openpty()
        with subprocess.Popen(
            ("setsid", "--ctty", ROOT / "justw", "up", "postgres"),
            env=stack.environment,
            stdin=end,
            stdout=end,
            stderr=end,
        ) as up:
            os.close(end)
            shown = b""
            while b"Ctrl-C stops everything" not in shown:
                shown += os.read(terminal, 4096)
            if hang_up:
                os.close(terminal)
                up.wait(SECONDS_MAX)
                continue
            os.write(terminal, b"\x03")
            shown = b""
            # Reading fails once the process has closed the terminal.
            with suppress(OSError):
                while chunk := os.read(terminal, 4096):
                    shown += chunk
            up.wait(SECONDS_MAX)
        os.close(terminal)
        assert up.returncode == 0
        assert b"stopping" in shown
        assert b"error" not in shown
    assert stack.processes() == []
