"""Builds the programs that test a gRPC transport against the standards: grpc-go's interop programs and h2spec.

Only their tests need them, so `./justw toolchain` doesn't build them: the first build takes a minute or two.
"""

import hashlib
import shutil
from pathlib import Path
from typing import Final

from filelock import FileLock

from toolchain.go import go

HERE: Final = Path(__file__).parent
PROGRAMS: Final = HERE.parents[1] / ".conformance"
STAMP: Final = PROGRAMS / ".stamp"
LOCK: Final = HERE.parents[1] / ".conformance.lock"
PINS: Final = (HERE / "go.mod", HERE / "go.sum")


def build() -> Path:
    """Builds `client` and `server` of google.golang.org/grpc/interop, and `h2spec`, unless that is done.

    Returns:
        The folder with the programs.

    Raises:
        subprocess.CalledProcessError: The Go toolchain failed; it has printed why.
    """
    pins = hashlib.sha256(b"".join(path.read_bytes() for path in PINS)).hexdigest()
    with FileLock(LOCK):
        if not STAMP.exists() or STAMP.read_text() != pins:
            shutil.rmtree(PROGRAMS, ignore_errors=True)
            PROGRAMS.mkdir()
            go(HERE, "build", "-o", str(PROGRAMS), "tool")
            STAMP.write_text(pins)
    return PROGRAMS
