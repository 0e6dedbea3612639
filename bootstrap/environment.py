"""`.venv`: made on first use, brought to the pins, and made anew when it is not whole."""

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
"""As many as uv writes with an empty cache (`wchar` in /proc/PID/io); it tells no total itself."""


def sync() -> None:
    """Brings `.venv` to the pins; several processes may do so at once."""
    if stamp.current():
        return
    # `justw` is its own lock; the set-up's commands inherit it, should this process be killed.
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
    """Makes an empty environment; what is in the folder is interrupted, moved, or another Python's."""
    try:
        venv.create(VENV, clear=True, symlinks=True)
    except (OSError, ValueError) as error:
        fail(f"cannot create {VENV}: {error}")


def find_uv(lock: int) -> str:
    """Returns the environment's uv or the caller's; without either, installs the pinned one with pip."""
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
