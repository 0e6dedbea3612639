"""Contracts of the tests, compiled by the real protoc."""

from pathlib import Path

from protoc_plugin_kit import Contracts
from protoc_plugin_kit.testing import compile_request
from rpc_contract.generator.__main__ import generate
from rpc_contract.v1 import contract_pb2

HEADER = """
syntax = "proto3";
package acme.v1;
import "rpc_contract/v1/contract.proto";
"""


def generated(folder: Path, enum: str) -> dict[str, str]:
    """Returns path → text of the modules that are generated for an enum."""
    files = {"acme/v1/acme.proto": HEADER + enum}
    request = compile_request(folder, files, imports=[contract_pb2.DESCRIPTOR])
    return dict(generate(Contracts.from_request(request)))
