"""Generates code from the test contracts, as buf would, and imports it."""

import importlib
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

PROTOS = Path(__file__).parent / "protos"
ROOT = Path(__file__).parents[3]
PLUGIN = Path(sys.executable).parent / "protoc-gen-grpc-gateway-python"
INCLUDES = (PROTOS, *(ROOT / ".proto-deps" / name for name in ("googleapis", "protovalidate")))


def generate(folder: Path, *options: str) -> None:
    """Runs protoc with Python's own plugin and ours on every test contract."""
    protoc = [sys.executable, "-m", "grpc_tools.protoc"]
    files = [str(path.relative_to(PROTOS)) for path in sorted(PROTOS.rglob("*.proto"))]
    outputs = [
        f"--python_out={folder}",
        f"--plugin=protoc-gen-gateway={PLUGIN}",
        f"--gateway_out={','.join(options)}:{folder}",
    ]
    includes = [f"--proto_path={each}" for each in INCLUDES]
    subprocess.run([*protoc, *includes, *outputs, *files], check=True)


def load(folder: Path, name: str) -> ModuleType:
    """Imports a generated gateway module; each folder has its own, over the same messages."""
    for module in [each for each in sys.modules if each.endswith("_gateway")]:
        if module.startswith("kinds."):
            del sys.modules[module]
    sys.path.insert(0, str(folder))
    try:
        importlib.invalidate_caches()
        return importlib.import_module(name)
    finally:
        sys.path.pop(0)


class Kinds:
    """A generated module, its message class, and the operation that takes a whole message."""

    def __init__(self, module: ModuleType) -> None:
        self.module = module
        self.message: Any = module.kinds_pb2.Kinds
        self.operations = {each.id: each for each in module.OPERATIONS}
        self.echo = self.operations["KindsService_Echo"]

    def read(self, json: object) -> Any:
        return self.message.FromString(self.echo.read([], {}, json))

    def write(self, message: Any) -> bytes:
        data: bytes = self.echo.write(message.SerializeToString())
        return data
