"""A start that fails reports the cause in one line and leaves no process."""

import os
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from embedded_stack.listeners import HOST
from tests.integration.stack.conftest import CommandLine


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 1 MiB."""
    if os.geteuid():
        pytest.skip("only root can mount a small file system")
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "none", tmp_path], check=True)
    yield tmp_path
    subprocess.run(["umount", tmp_path], check=True)


def obstacle(stack: CommandLine, *parts: str, **environment: str) -> str:
    """Starts the stack, which fails; returns the line of the error."""
    up = stack.run("up", *parts, **environment)
    assert up.returncode == 1
    assert "retry" not in up.stdout
    assert stack.processes() == []
    (line,) = up.stderr.splitlines()
    assert line.startswith("stack: ")
    return line


def test_a_used_port_is_named_with_the_listening_process(stack: CommandLine) -> None:
    with socket.create_server((HOST, 0)) as server:
        port = server.getsockname()[1]

        line = obstacle(stack, "postgres", STACK_POSTGRES_PORT=str(port))

    assert line.startswith(f"stack: port {port} (STACK_POSTGRES_PORT) is in use by ")
    assert f"(process {os.getpid()})" in line


def test_a_full_disk_of_the_data_is_named(stack: CommandLine, tiny_disk: Path) -> None:
    line = obstacle(stack, "postgres", STACK_FOLDER=str(tiny_disk / "data"))

    assert line.startswith(f"stack: the disk of {tiny_disk / 'data'} is full: 0 MiB are free")


def test_a_full_disk_of_the_downloads_is_named(stack: CommandLine, tiny_disk: Path) -> None:
    line = obstacle(stack, "kafka", STACK_CACHE=str(tiny_disk))

    assert line.startswith(f"stack: the disk of {tiny_disk} is full")


def test_a_failed_download_names_its_url(stack: CommandLine, tmp_path: Path) -> None:
    with socket.socket() as closed:
        closed.bind((HOST, 0))
        repository = f"http://{HOST}:{closed.getsockname()[1]}"

        line = obstacle(
            stack, "kafka", STACK_CACHE=str(tmp_path), STACK_MAVEN_REPOSITORY=repository
        )

    assert line.startswith(f"stack: cannot download {repository}/")
    assert line.endswith("the first start needs a network")


def test_a_folder_with_other_files_is_rejected_and_kept(stack: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "thesis").write_text("mine")

    line = obstacle(stack, "postgres", STACK_FOLDER=str(tmp_path))

    assert line == f"stack: {tmp_path} is not empty and not a stack's folder; name another"
    assert stack.run("reset", STACK_FOLDER=str(tmp_path)).returncode == 1
    assert (tmp_path / "thesis").exists()


def test_a_wrong_setting_is_named_with_its_value(stack: CommandLine) -> None:
    line = obstacle(stack, "postgres", STACK_POSTGRES_PORT="tcp://10.0.0.1:80")

    assert line == (
        "stack: wrong setting STACK_POSTGRES_PORT: tcp://10.0.0.1:80 is no port (0 to 65535)"
    )


def test_a_wrong_scale_is_reported_in_one_line(stack: CommandLine) -> None:
    for options in ([], ["-d"]):
        up = stack.run("up", *options, "--scale", "orders=0")
        assert (up.returncode, up.stdout) == (1, "")
        assert up.stderr == "stack: wrong --scale orders=0: there can be 1 to 6 copies of orders\n"
    missing = stack.run("up", "--scale", "orders=2", "--scale", "payments=2", "postgres")
    assert missing.stderr == "stack: orders is scaled, but not started\n"
