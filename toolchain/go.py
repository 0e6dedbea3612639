"""Runs the pinned Go toolchain on a folder's pinned modules."""

import os
import subprocess
from pathlib import Path


def go(folder: Path, *words: str) -> str:
    """Runs a command of the Go toolchain that the environment has installed, and no other one.

    Args:
        folder: The folder of `go.mod` and `go.sum`.
        words: The command's words.

    Returns:
        What the command printed.

    Raises:
        subprocess.CalledProcessError: The command failed; it has printed why.
    """
    environment = os.environ | {"GOTOOLCHAIN": "local", "GOFLAGS": "-mod=readonly"}
    done = subprocess.run(
        ["go", *words], cwd=folder, env=environment, check=True, stdout=subprocess.PIPE, text=True
    )
    return done.stdout
