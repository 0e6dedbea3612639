"""Creates `.venv` on first use, installs the pinned packages, and creates it again when it is incomplete."""

import fcntl
import importlib.util
import os
import shutil
import sys
import venv

from bootstrap import stamp
from bootstrap.commands import run
from bootstrap.failure import fail
from bootstrap.places import BIN, ROOT, VENV

TOOLS_BYTES = 1_110_000_000
"""The bytes that uv writes with an empty cache (`wchar` in /proc/PID/io), because uv reports no total."""


def sync() -> None:
    """Installs the pinned packages into `.venv`; several processes may call this at the same time."""
    if stamp.current():
        return
    # The file `justw` is the lock. The commands inherit it, so it stays locked when this process is killed.
    lock = os.open(ROOT / "justw", os.O_RDONLY)
    fcntl.flock(lock, fcntl.LOCK_EX)
    if stamp.current():
        return
    print(
        "justw: 1/2 tools: installing what is pinned into .venv (first run: about a minute)",
        file=sys.stderr,
    )
    if not stamp.whole():
        make()
    stamp.remove()
    uv = find_uv(lock)
    python = ("--python", BIN / "python")
    sync_words = ("pip", "sync", "--quiet", *python, "--require-hashes", "requirements.lock")
    run(lock, uv, *sync_words, total=TOOLS_BYTES)
    project = ("--no-deps", "--no-build-isolation", "--editable", ".")
    run(lock, uv, "pip", "install", "--quiet", *python, *project)
    stamp.write()
    os.close(lock)


def make() -> None:
    """Creates an empty environment; an existing one was interrupted, was moved, or belongs to another Python."""
    try:
        venv.create(VENV, clear=True, symlinks=True)
    except (OSError, ValueError) as error:
        fail(f"cannot create {VENV}: {error}")


def find_uv(lock: int) -> str:
    """Returns the path of the environment's uv or the caller's; without either, installs the pinned one with pip."""
    if found := shutil.which("uv"):
        return found
    if not importlib.util.find_spec("ensurepip"):
        fail(
            "this Python has no ensurepip; on Debian `apt-get install python3-venv` is needed once"
        )
    python = BIN / "python"
    run(lock, python, "-m", "ensurepip")
    install = ("-m", "pip", "install", "--quiet", "--no-user", "--require-hashes")
    run(lock, python, *install, "-r", ROOT / "bootstrap.lock")
    return str(BIN / "uv")
