"""Builds the Go programs in `peers/go`."""

import os
import subprocess
from pathlib import Path

from toolchain.places import ROOT

MODULE = ROOT / "bench" / "peers" / "go"
BINARIES = ROOT / ".bench" / "bin"


def build() -> Path:
    """Generates the Go code of the contracts and builds all programs; returns their folder.

    Programs: `load`, `transport`, `backend`, and the peer's `gateway`, `orders` and `payments`.

    Raises:
        subprocess.CalledProcessError: a step failed; its output is on stderr.
    """
    _run("go", "build", "-o", f"{BINARIES}{os.sep}", "tool", folder=MODULE)
    template = MODULE / "buf.gen.yaml"
    _run("buf", "generate", "--template", template, "-o", MODULE, folder=ROOT)
    return _build_programs("./cmd/...")


def build_program(name: str) -> Path:
    """Builds a program that needs no generated code; returns its path.

    Raises:
        subprocess.CalledProcessError: it can't be built; the output is on stderr.
    """
    return _build_programs(f"./cmd/{name}") / name


def _build_programs(pattern: str) -> Path:
    _run("go", "build", "-o", f"{BINARIES}{os.sep}", pattern, folder=MODULE)
    return BINARIES


def _run(*words: str | Path, folder: Path) -> None:
    environment = os.environ | {"GOTOOLCHAIN": "local", "GOFLAGS": "-mod=readonly"}
    environment["PATH"] = f"{BINARIES}{os.pathsep}{os.environ['PATH']}"
    BINARIES.mkdir(parents=True, exist_ok=True)
    subprocess.run(words, cwd=folder, env=environment, check=True)
