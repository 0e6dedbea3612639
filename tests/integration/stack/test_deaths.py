"""Nothing that the stack started outlives it, however it ends."""

import signal

import psutil

from tests.integration.stack.conftest import CommandLine

SECONDS_MAX = 20


def test_a_part_that_dies_takes_the_stack_down(stack: CommandLine) -> None:
    with stack.open("up", "postgres") as up:
        assert up.stdout
        for line in up.stdout:
            if "database" in line:
                break
        stack.process("postgres").kill()
        _, errors = up.communicate(timeout=SECONDS_MAX)

    assert up.returncode == 1
    first, *tail = errors.splitlines()
    assert first.startswith("stack: postgres was killed by SIGKILL; the end of ")
    assert "ready to accept connections" in "".join(tail)
    assert stack.processes() == []


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
    assert not postgres.is_running()
