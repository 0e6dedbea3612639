"""`python -m grpc_gateway_python.protos FOLDER`: copies the protos that contracts import into a folder for buf or protoc."""

import shutil
import sys
from pathlib import Path
from typing import Final

import google.api

import rpc_contract

GOOGLE: Final = Path(google.api.__path__[0]).parents[1]
"""The folder with the protos of googleapis-common-protos."""
PROTOS: Final = (
    (GOOGLE, "google/api/*.proto"),
    (Path(rpc_contract.__path__[0]).parent, "rpc_contract/v1/*.proto"),
    (Path(__file__).parents[1], "grpc_gateway_python/v1/*.proto"),
)
"""Root folder of imports → the files below it."""


def copy_protos(folder: Path) -> None:
    """Copies google/api, rpc_contract/v1 and grpc_gateway_python/v1."""
    for root, pattern in PROTOS:
        for proto in root.glob(pattern):
            target = folder / proto.relative_to(root)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(proto, target)


if __name__ == "__main__":
    if len(sys.argv) != 2:  # noqa: PLR2004 - the program and one argument
        sys.exit("usage: python -m grpc_gateway_python.protos FOLDER")
    copy_protos(Path(sys.argv[1]))
