"""Builds the Go programs in `peers/go`."""

import os
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MODULE = ROOT / "bench" / "peers" / "go"
BINARIES = ROOT / ".bench" / "bin"


def build() -> Path:
    """Generates the Go code of `contracts/` and builds all programs; returns their folder.

    Programs: `load`, and the peer's `gateway`, `orders` and `payments`.

    Raises:
        subprocess.CalledProcessError: a step failed; its output is on stderr.
    """
    environment = os.environ | {"GOTOOLCHAIN": "local", "GOFLAGS": "-mod=readonly"}
    environment["PATH"] = f"{BINARIES}{os.pathsep}{os.environ['PATH']}"

    def run(*words: str | Path, folder: Path) -> None:
        subprocess.run(words, cwd=folder, env=environment, check=True)

    BINARIES.mkdir(parents=True, exist_ok=True)
    run("go", "build", "-o", f"{BINARIES}{os.sep}", "tool", folder=MODULE)
    template = MODULE / "buf.gen.yaml"
    run("buf", "generate", "contracts", "--template", template, "-o", MODULE, folder=ROOT)
    run("go", "build", "-o", f"{BINARIES}{os.sep}", "./cmd/...", folder=MODULE)
    return BINARIES
