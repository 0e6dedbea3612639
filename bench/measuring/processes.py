"""Processes of peers, which end with the benchmark."""

import json
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
from filelock import FileLock, Timeout

from toolchain.places import ROOT

RECORD = ROOT / ".bench" / "leftovers.json"
STOP_SECONDS_MAX = 15.0
LISTEN_SECONDS_MAX = 60.0


@contextmanager
def process(
    name: str, command: Sequence[str | Path], environment: Mapping[str, str], log: Path
) -> Iterator[int]:
    """Runs a process for the length of the block and yields its id.

    Args:
        name: names the process in errors.
        command: the program and its arguments.
        environment: its whole environment.
        log: the file that its output is appended to.

    Raises:
        RuntimeError: the process had ended before the block did.
    """
    with log.open("ab") as output:
        child = subprocess.Popen(
            command, env=environment, stdout=output, stderr=output, start_new_session=True
        )
    _remember({"pid": child.pid, "started": psutil.Process(child.pid).create_time()})
    try:
        yield child.pid
        if child.poll() is not None:
            raise RuntimeError(f"{name} ended with {child.returncode}: {last_lines(log)}")
    finally:
        child.send_signal(signal.SIGTERM)
        try:
            child.wait(STOP_SECONDS_MAX)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def last_lines(log: Path) -> str:
    """Returns the last three lines of a log in one line."""
    return " / ".join(log.read_text(errors="replace").strip().splitlines()[-3:])


def await_listener(address: str) -> None:
    """Waits until something accepts connections at host:port.

    Raises:
        TimeoutError: nothing does after 60 s.
    """
    host, port = address.rsplit(":", 1)
    deadline = time.monotonic() + LISTEN_SECONDS_MAX
    while time.monotonic() < deadline:
        with suppress(OSError), socket.create_connection((host, int(port)), timeout=1):
            return
        time.sleep(0.02)
    raise TimeoutError(f"nothing listens at {address}")


@contextmanager
def folder(path: Path) -> Iterator[Path]:
    """Makes a folder for the length of the block; a killed benchmark's folder is removed by the next run."""
    path.mkdir(parents=True)
    _remember({"folder": str(path)})
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


@contextmanager
def alone() -> Iterator[None]:
    """Keeps other benchmarks of this repository from running, and ends what a killed one left behind.

    Raises:
        RuntimeError: another benchmark is running.
    """
    RECORD.parent.mkdir(exist_ok=True)
    try:
        with FileLock(RECORD.with_name("lock"), timeout=0):
            with suppress(FileNotFoundError):
                for line in RECORD.read_text().splitlines():
                    _end(json.loads(line))
                RECORD.unlink()
            yield
    except Timeout:
        raise RuntimeError("another benchmark of this repository is running") from None


def _remember(entry: Mapping[str, object]) -> None:
    with RECORD.open("a") as record:
        record.write(json.dumps(entry) + "\n")


def _end(entry: Mapping[str, object]) -> None:
    if path := entry.get("folder"):
        shutil.rmtree(str(path), ignore_errors=True)
        return
    with suppress(psutil.NoSuchProcess):
        left = psutil.Process(int(str(entry["pid"])))
        # Another process may have the same id by now.
        if left.create_time() == entry["started"]:
            left.kill()
