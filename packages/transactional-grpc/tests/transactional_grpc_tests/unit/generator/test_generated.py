"""What the generator makes of texts and names of a contract that Python has to write otherwise."""

import ast
from pathlib import Path

import pytest
from google.api import annotations_pb2

from protoc_plugin_kit import Contracts
from protoc_plugin_kit.testing import compile_request
from rpc_contract.v1 import contract_pb2
from transactional_grpc.generator.__main__ import generate

FILE = "acme/v1/thing.proto"
CONTRACT = r"""
syntax = "proto3";
package acme.v1;
import "google/api/annotations.proto";
import "google/protobuf/empty.proto";
import "rpc_contract/v1/contract.proto";
message Ask {}
message Answer {}
// Things, also "things".
service Things {
  option (rpc_contract.v1.service) = {domain: "acme"};
  // Imports a \ or "more".
  rpc Import(Ask) returns (Answer);
}
// Names that the generated module has another use for.
service Method {
  option (rpc_contract.v1.service) = {domain: "acme"};
  rpc Do(None) returns (Transaction);
  rpc Nothing(google.protobuf.Empty) returns (Empty);
}
service lambda {
  option (rpc_contract.v1.service) = {domain: "acme"};
}
message None {}
message Transaction {}
message Empty {}
"""


@pytest.fixture
def files(tmp_path: Path) -> dict[str, str]:
    imports = (annotations_pb2.DESCRIPTOR, contract_pb2.DESCRIPTOR)
    request = compile_request(tmp_path, {FILE: CONTRACT}, imports=imports)
    return dict(generate(Contracts.from_request(request)))


def test_services(files: dict[str, str]) -> None:
    module = ast.parse(files["acme/v1/thing_rpc.py"])
    service = next(node for node in module.body if isinstance(node, ast.ClassDef))
    [method] = [node for node in service.body if isinstance(node, ast.AsyncFunctionDef)]

    assert ast.get_docstring(service) == 'Things, also "things".'
    assert method.name == "import_"
    assert ast.get_docstring(method) == 'Imports a \\ or "more".'


def test_names_that_python_or_the_module_has_a_use_for(files: dict[str, str]) -> None:
    text = files["acme/v1/thing_rpc.py"]
    module = ast.parse(text)
    defined = [
        node.name for node in module.body if isinstance(node, ast.ClassDef | ast.FunctionDef)
    ]
    assert defined == ["Things", "things", "Method_", "method", "lambda_", "lambda__"]
    assert "from acme.v1.thing_pb2 import Transaction as AcmeV1Transaction\n" in text
    assert "from google.protobuf.empty_pb2 import Empty as GoogleProtobufEmpty\n" in text
    assert 'request=getattr(import_module("acme.v1.thing_pb2"), "None"),' in text
    signatures = [
        ast.unparse(node.args)
        for node in ast.walk(module)
        if isinstance(node, ast.AsyncFunctionDef)
    ]
    assert "self, tx: Transaction[D], request: Any" in signatures
    assert "self, tx: Transaction[D], request: GoogleProtobufEmpty" in signatures
