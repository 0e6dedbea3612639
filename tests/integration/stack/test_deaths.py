"""Nothing that the stack started outlives it, however it ends."""

import signal
import time

import psutil
import psycopg

from tests.integration.stack.conftest import CommandLine

SECONDS_MAX = 20


def test_a_part_that_dies_is_started_again(stack: CommandLine) -> None:
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
    said = stack.folder.log("supervisor").read_text()
    assert "starting postgres again in 1 s" in said
    assert "ready to accept connections" in (stack.folder.logs / "postgres.1.log").read_text()


def test_a_killed_supervisor_leaves_nothing(stack: CommandLine) -> None:
    stack.run("up", "-d", "postgres")
    left = stack.processes()
    supervisor = stack.record().supervisor.find()
    assert supervisor

    supervisor.kill()

    _, alive = psutil.wait_procs(left, timeout=SECONDS_MAX)
    assert alive == []
    again = stack.run("up", "-d", "postgres")
    assert (again.returncode, again.stderr) == (0, "")


def test_the_next_command_ends_what_even_the_guard_could_not(stack: CommandLine) -> None:
    stack.run("up", "-d", "postgres")
    postgres = stack.process("postgres")
    supervisor = stack.record().supervisor.find()
    assert supervisor
    for guard in stack.processes():
        if "stack.guard" in guard.cmdline():
            guard.send_signal(signal.SIGKILL)
    supervisor.kill()
    supervisor.wait(SECONDS_MAX)
    assert postgres.is_running()

    down = stack.run("down")

    assert down.stdout == "the stack was down; ended its leftovers: postgres\n"
    # A PID 1 that reaps late leaves it a zombie, which has ended.
    assert not postgres.is_running() or postgres.status() == psutil.STATUS_ZOMBIE
