"""Virtual environments with packages that the product's own lock doesn't contain."""

import hashlib
import subprocess
import sys
from pathlib import Path

from filelock import FileLock

INSTALL_SECONDS_MAX = 600
"""How long each of uv's two commands may take."""


def install(lock: Path, folder: Path) -> Path:
    """Makes a virtual environment with the packages that a file of requirements pins, unless that is done.

    Args:
        lock: The requirements, with hashes.
        folder: The folder of the environment.

    Returns:
        The environment's Python.

    Raises:
        subprocess.SubprocessError: A package can't be installed, or that takes too long; uv's output is on stderr.
    """
    python = folder / "bin" / "python"
    stamp = folder / "requirements.sha256"
    wanted = hashlib.sha256(lock.read_bytes() + sys.version.encode()).hexdigest()
    folder.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(folder.with_suffix(".lock")):
        if not stamp.exists() or stamp.read_text() != wanted:
            create = ["uv", "venv", "--quiet", "--clear", "--python", sys.executable, str(folder)]
            subprocess.run(create, check=True, timeout=INSTALL_SECONDS_MAX)
            sync = ["uv", "pip", "sync", "--quiet", "--require-hashes", "--python", str(python)]
            subprocess.run([*sync, str(lock)], check=True, timeout=INSTALL_SECONDS_MAX)
            stamp.write_text(wanted)
    return python
