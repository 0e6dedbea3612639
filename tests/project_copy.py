"""A temporary copy of the project, to edit and to run its recipes in."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
GIT_IGNORED_BUT_NEEDED = (".proto-deps", ".tools")


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The files that git knows, with the toolchain linked in."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    for name in listed.stdout.splitlines():
        if (ROOT / name).is_file():
            target = tmp_path / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target)
    for name in GIT_IGNORED_BUT_NEEDED:
        (tmp_path / name).symlink_to(ROOT / name)
    return tmp_path


def just(recipe: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Runs a recipe that imports the generated code of the copy."""
    command = ["just", "--justfile", str(folder / "justfile"), "-d", str(folder), recipe]
    environment = os.environ | {"PYTHONPATH": str(folder / "gen")}
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


def replace(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text, f"{path} no longer says {old!r}"
    path.write_text(text.replace(old, new, 1))
