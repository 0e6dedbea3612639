"""Generates code from the test contracts, as buf would, and imports it."""

import importlib
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

from grpc_gateway_python import Gateway, Servers
from grpc_gateway_python_tests.compiled import IMPORTS, PLUGIN, SCRIPTS
from protoc_plugin_kit.testing import run_protoc

PROTOS = Path(__file__).parent / "protos"
ORDERS = Path(__file__).parent / "orders"


def generate(folder: Path, *options: str) -> None:
    """Runs protoc with Python's own plugin and ours on every test contract."""
    _generate(folder, PROTOS, f"--gateway_out={','.join(options)}:{folder}")


def orders_gateway(folder: Path) -> Gateway:
    """Returns a gateway for the contract in `orders/`, in front of a service that no test reaches."""
    refiner = f"--plugin=protoc-gen-refiner={SCRIPTS / 'protoc-gen-openapi-refiner'}"
    _generate(folder, ORDERS, f"--gateway_out={folder}", refiner, f"--refiner_out={folder}")
    return Gateway(
        operations=load(folder, "store.v1.services_gateway").OPERATIONS,
        specification=folder / "api.swagger.json",
        backends={"store.v1": Servers("127.0.0.1:1")},
    )


def _generate(folder: Path, root: Path, *outputs: str) -> None:
    names = [str(path.relative_to(root)) for path in sorted(root.rglob("*.proto"))]
    files = {name: (root / name).read_text() for name in names}
    plugin = f"--plugin=protoc-gen-gateway={PLUGIN}"
    done = run_protoc(folder, files, f"--python_out={folder}", plugin, *outputs, imports=IMPORTS)
    assert done.returncode == 0, done.stderr


def load(folder: Path, name: str) -> ModuleType:
    """Imports a generated gateway module; each folder has its own, over the same messages."""
    for module in [module for module in sys.modules if module.endswith("_gateway")]:
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
        self.operations = {operation.id: operation for operation in module.OPERATIONS}
        self.echo = self.operations["KindsService_Echo"]

    def read(self, json: object) -> Any:
        return self.message.FromString(self.echo.read([], {}, json))

    def write(self, message: Any) -> bytes:
        data: bytes = self.echo.write(message.SerializeToString())
        return data
