"""The virtual environment of the peers in Python, and of Envoy: the product's own lock doesn't contain them."""

import hashlib
import subprocess
import sys
from pathlib import Path

from bench.measuring.go import ROOT

FOLDER = ROOT / "bench" / "peers" / "python"
LOCK = FOLDER / "requirements.lock"
ENVIRONMENT = ROOT / ".bench" / "python"
INSTALLED = ENVIRONMENT / "requirements.sha256"


def install() -> None:
    """Makes the environment unless it has what the lock lists.

    Raises:
        subprocess.CalledProcessError: a package can't be installed; uv's output is on stderr.
    """
    wanted = hashlib.sha256(LOCK.read_bytes() + sys.version.encode()).hexdigest()
    if INSTALLED.exists() and INSTALLED.read_text(encoding="utf-8") == wanted:
        return
    python = ENVIRONMENT / "bin" / "python"
    command: list[str | Path] = [
        "uv",
        "venv",
        "--quiet",
        "--clear",
        "--python",
        sys.executable,
        ENVIRONMENT,
    ]
    subprocess.run(command, check=True)
    sync: list[str | Path] = [
        "uv",
        "pip",
        "sync",
        "--quiet",
        "--require-hashes",
        "--python",
        python,
        LOCK,
    ]
    subprocess.run(sync, check=True)
    INSTALLED.write_text(wanted, encoding="utf-8")
