"""A stack for each test, run by `python -m embedded_stack`."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from embedded_stack._supervisor.folder import Folder
from embedded_stack._supervisor.record import Record
from tests.shop_topology import ROOT, TOPOLOGY

SECONDS_MAX = 60


@dataclass
class CommandLine:
    """`python -m embedded_stack` with a folder and free ports."""

    folder: Folder
    environment: dict[str, str]

    def run(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Runs a command to its end."""
        return subprocess.run(
            (sys.executable, "-m", "embedded_stack", *arguments),
            env={**self.environment, **environment},
            capture_output=True,
            text=True,
            timeout=SECONDS_MAX,
            check=False,
        )

    def open(self, *arguments: str) -> "subprocess.Popen[str]":
        """Starts a command in a session of its own, as a terminal does."""
        return subprocess.Popen(
            (sys.executable, "-m", "embedded_stack", *arguments),
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def record(self) -> Record:
        record = Record.load(self.folder)
        assert record
        return record

    def process(self, name: str) -> psutil.Process:
        process = self.record().processes[name].find()
        assert process
        return process

    def processes(self) -> list[psutil.Process]:
        """Returns all processes of this machine whose command line or environment names the stack's folder."""
        found = []
        for process in psutil.process_iter():
            try:
                words = [*process.cmdline(), process.environ().get("STACK_FOLDER", "")]
            except (psutil.NoSuchProcess, psutil.AccessDenied):
                continue
            if any(str(self.folder.path) in word for word in words):
                found.append(process)
        return found


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that PostgreSQL can enter: as root, the stack runs it as another user."""
    path = Path(tempfile.mkdtemp(prefix="stack-"))
    yield path
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture
def stack(folder: Path) -> Iterator[CommandLine]:
    ports = {f"STACK_{name.upper()}": "0" for name in TOPOLOGY.ports}
    environment = {**os.environ, **ports, "STACK_FOLDER": str(folder), "COLUMNS": "200"}
    environment["STACK_TOPOLOGY"] = str(ROOT / "topology.toml")
    command_line = CommandLine(Folder(folder), environment)
    yield command_line
    command_line.run("down")
    assert command_line.processes() == []
