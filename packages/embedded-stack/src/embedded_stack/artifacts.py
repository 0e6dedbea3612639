"""Files of a Maven repository, pinned by content in `.pins` files, in the cache of a stack's downloads."""

import os
from pathlib import Path

from embedded_stack._artifacts import pinned
from embedded_stack._artifacts.cache import Cache
from embedded_stack._artifacts.pin import write_pins
from embedded_stack._plan.settings import cache
from embedded_stack._supervisor.console import Console
from embedded_stack.topology import Topology

__all__ = ["fetch_pinned", "write_pins"]


async def fetch_pinned(name: str, folder: Path, topology: Topology) -> list[Path]:
    """Returns the files that `NAME.pins` in a folder lists; downloads those that are missing or damaged.

    Args:
        name: The name of the `.pins` file, without its suffix.
        folder: The folder of the `.pins` file.
        topology: The stack whose cache keeps the files.

    The repository is Maven Central, or the one of STACK_MAVEN_REPOSITORY.

    Raises:
        StackError: The repository can't be reached, its content is not the pinned one, or the disk is full.
    """
    repository = os.environ.get("STACK_MAVEN_REPOSITORY") or None
    return await Cache(cache(topology), repository, Console(quiet=True)).fetch(pinned(name, folder))
