"""Builds the franz-go client from its pinned modules."""

import os
import subprocess
import sys
from pathlib import Path

from tests.e2e.clients.reading import Command

HERE = Path(__file__).parent
INSTALL_SECONDS_MAX = 300
GO = Path(sys.executable).with_name("go")
"""The toolchain that the wheel brings."""


def install(folder: Path) -> Command:
    """Returns the client's binary; Go keeps what it downloads and compiles for the next time."""
    # No stamp of the version: git rejects the command in another user's checkout.
    environment = os.environ | {"GOTOOLCHAIN": "local", "GOFLAGS": "-mod=readonly -buildvcs=false"}
    binary = folder / "read-events"
    subprocess.run(
        [GO, "build", "-o", binary, "."],
        cwd=HERE,
        env=environment,
        check=True,
        timeout=INSTALL_SECONDS_MAX,
    )
    return [binary]
