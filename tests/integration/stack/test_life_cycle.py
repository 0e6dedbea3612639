"""`up`, `down`, `status` and `reset`, with PostgreSQL only, because it starts in a second."""

import signal
from pathlib import Path

import psycopg
import pytest

from embedded_stack._supervisor.revival import REVIVE_SIGNAL
from embedded_stack.testing import running
from tests.integration.stack.conftest import CommandLine
from tests.shop_topology import TOPOLOGY


def test_up_status_and_down_show_what_runs(stack: CommandLine) -> None:
    up = stack.run("up", "-d", "postgres")
    assert (up.returncode, up.stderr) == (0, "")
    assert "orders_service@127.0.0.1" in up.stdout

    status = stack.run("status")
    assert status.returncode == 0
    assert str(stack.process("postgres").pid) in status.stdout

    down = stack.run("down")
    assert down.returncode == 0
    assert down.stdout.splitlines()[-1] == "the stack is down"
    assert stack.processes() == []
    assert stack.run("status").returncode == 1
    assert stack.run("down").stdout == "the stack was down already\n"


def test_a_second_up_is_rejected(stack: CommandLine) -> None:
    stack.run("up", "-d", "postgres")

    second = stack.run("up", "postgres")

    assert second.returncode == 1
    assert second.stderr == (
        f"stack: the stack of {stack.folder.path} is already up; `down` stops it\n"
    )
    assert stack.run("status").returncode == 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_everything(stack: CommandLine, number: signal.Signals) -> None:
    with stack.open("up", "postgres") as up:
        assert up.stdout
        for line in up.stdout:
            if "postgres is ready" in line:
                break
        up.send_signal(number)
        _, errors = up.communicate(timeout=30)

    assert errors == ""
    assert stack.processes() == []


@pytest.mark.parametrize("options", [[], ["-d"]])
def test_a_signal_stops_a_start(stack: CommandLine, options: list[str]) -> None:
    with stack.open("up", *options, "postgres") as up:
        while not stack.folder.log("initdb").exists():
            assert up.poll() is None
        if not options:
            # A second `up` sends this signal to revive dead parts; the start ignores it.
            up.send_signal(REVIVE_SIGNAL)
        up.send_signal(signal.SIGINT)
        _, errors = up.communicate(timeout=30)

    assert (up.returncode, errors) == (130, "")
    assert stack.processes() == []
    assert stack.run("up", "-d", "postgres").returncode == 0


def test_reset_is_rejected_while_the_stack_is_up(stack: CommandLine) -> None:
    stack.run("up", "-d", "postgres")

    reset = stack.run("reset")

    assert reset.returncode == 1
    assert reset.stderr == "stack: the stack is up; `down` stops it, then `reset` wipes it\n"
    assert stack.run("status").returncode == 0


def test_outputs_logs_and_command_lines_have_no_password(stack: CommandLine) -> None:
    up = stack.run("up", "-d", "postgres")
    migrate = stack.run("migrate")
    assert migrate.returncode == 0, migrate.stderr

    passwords = stack.folder.passwords.read_text().split('"')[3::4]
    assert len(passwords) == 6
    assert stack.folder.passwords.stat().st_mode & 0o777 == 0o600
    seen = [up.stdout, stack.folder.record.read_text()]
    seen += [log.read_text() for log in stack.folder.logs.iterdir()]
    seen += [" ".join(process.cmdline()) for process in stack.processes()]
    assert not [password for password in passwords for text in seen if password in text]


def test_a_killed_part_can_be_restarted(folder: Path) -> None:
    with running(TOPOLOGY, "postgres", folder=folder) as stack:
        first = stack.pid("postgres")
        stack.kill("postgres")
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(stack.endpoints.database_url("orders"))

        stack.restart("postgres")

        assert stack.pid("postgres") != first
        psycopg.connect(stack.endpoints.database_url("orders")).close()
