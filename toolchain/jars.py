"""Java programs and libraries from a Maven repository, pinned by content in `.pins` files."""

import asyncio
from pathlib import Path

from embedded_stack.artifacts import fetch_pinned
from embedded_stack.topology import load_topology
from toolchain.places import ROOT

DOWNLOAD_SECONDS_MAX = 300


def fetch(folder: Path, name: str) -> list[Path]:
    """Returns the jars that `NAME.pins` in a folder lists; the cache of the stack's downloads keeps them.

    Raises:
        StackError: The repository can't be reached, its content is not the pinned one, or the disk is full.
        TimeoutError: The downloads took more than `DOWNLOAD_SECONDS_MAX` seconds.
    """
    return asyncio.run(_fetch(folder, name))


async def _fetch(folder: Path, name: str) -> list[Path]:
    topology = load_topology(ROOT / "topology.toml")
    return await asyncio.wait_for(fetch_pinned(name, folder, topology), DOWNLOAD_SECONDS_MAX)
