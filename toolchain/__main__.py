"""Puts what generation needs beside the contracts: third-party protos and the Go plugins.

The protos go to `.proto-deps/`, where `buf.yaml` expects them; the plugins go to `.tools/`. Both
come from the versions that `requirements.lock` and `go.sum` pin, and are made again when those change.
"""

import hashlib
import json
import shutil
import subprocess
import sys
from importlib.metadata import files
from pathlib import Path

from toolchain.go import go
from toolchain.places import ROOT

HERE = Path(__file__).parent
PROTOS = ROOT / ".proto-deps"
TOOLS = ROOT / ".tools"
STAMP = TOOLS / ".stamp"
PINS = (HERE / "go.mod", HERE / "go.sum", ROOT / "requirements.lock")

GO_PROTOS = {
    "protovalidate": ("github.com/bufbuild/protovalidate", "proto/protovalidate", "buf"),
    "grpc-gateway": (
        "github.com/grpc-ecosystem/grpc-gateway/v2",
        ".",
        "protoc-gen-openapiv2/options",
    ),
}
"""Module in buf.yaml → Go module, import root in it, folder that is needed."""
WHEEL_PROTOS = {"googleapis": ("googleapis-common-protos", ("google/api/", "google/rpc/"))}


def unpack_from_go(name: str, module: str, root: str, folder: str) -> None:
    """Copies the protos of a Go module."""
    source = Path(json.loads(go(HERE, "mod", "download", "-json", module))["Dir"]) / root
    for path in sorted((source / folder).rglob("*.proto")):
        copy(path, PROTOS / name / path.relative_to(source))


def unpack_from_wheel(name: str, package: str, prefixes: tuple[str, ...]) -> None:
    """Copies the protos of an installed wheel."""
    for path in files(package) or []:
        if path.suffix == ".proto" and str(path).startswith(prefixes):
            copy(Path(str(path.locate())), PROTOS / name / str(path))


def copy(source: Path, target: Path) -> None:
    """Copies a file's bytes, not its mode: the Go module cache is read-only."""
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)


def main() -> None:
    """Does nothing when the pins are those of the last run."""
    pins = hashlib.sha256(b"".join(path.read_bytes() for path in PINS)).hexdigest()
    if STAMP.exists() and STAMP.read_text() == pins:
        return
    print("toolchain: unpacking protos and building the Go plugins (about 20 s)", file=sys.stderr)
    shutil.rmtree(PROTOS, ignore_errors=True)
    shutil.rmtree(TOOLS, ignore_errors=True)
    TOOLS.mkdir()
    try:
        for name, (module, root, folder) in GO_PROTOS.items():
            unpack_from_go(name, module, root, folder)
        for name, (package, prefixes) in WHEEL_PROTOS.items():
            unpack_from_wheel(name, package, prefixes)
        go(HERE, "build", "-o", str(TOOLS), "tool")
    except subprocess.CalledProcessError as error:
        sys.exit(f"toolchain: `{' '.join(error.cmd)}` failed; see above")
    STAMP.write_text(pins)


if __name__ == "__main__":
    main()
