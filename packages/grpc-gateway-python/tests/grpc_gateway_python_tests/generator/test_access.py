"""Generated operations have the access rules of the contract, and a rule can be required."""

from pathlib import Path

import pytest

from grpc_gateway_python.generator import generator
from grpc_gateway_python_tests.compiled import IMPORTS
from protoc_plugin_kit import ContractError, Contracts
from protoc_plugin_kit.testing import compile_request

CONTRACT = """syntax = "proto3";
package things.v1;
import "google/api/annotations.proto";
import "rpc_contract/v1/contract.proto";
message Thing { string name = 1; }
enum Reason {
  REASON_UNSPECIFIED = 0;
  THING_NOT_FOUND = 1 [(rpc_contract.v1.error) = {code: NOT_FOUND message: "No {name}."}];
}
service Things {
  option (rpc_contract.v1.service) = {domain: "things.example"};
  rpc Get(Thing) returns (Thing) { option (google.api.http) = {get: "/{name}"};
    %s
  }
}
"""


def module(folder: Path, option: str, parameter: str = "") -> str:
    """Returns the text of the generated module."""
    files = {"things/v1/things.proto": CONTRACT % option}
    request = compile_request(folder, files, imports=IMPORTS, parameter=parameter)
    return dict(generator.generate(Contracts.from_request(request)))["things/v1/things_gateway.py"]


def test_operation_has_the_rule_and_the_classes_that_it_reads(tmp_path: Path) -> None:
    text = module(
        tmp_path,
        "option (rpc_contract.v1.method) = {errors: 'THING_NOT_FOUND' "
        "access: {scope: 's' response_owner: 'name' hidden_as: 'THING_NOT_FOUND'}};",
    )
    assert (
        'access=Access(scope="s", response_owner=lambda response: response.name, '
        "hidden_as=lambda request: things_errors.thing_not_found(name=request.name)),"
    ) in text
    assert "from things.v1 import things_errors, things_pb2\n" in text
    assert "request=things_pb2.Thing," in text
    assert 'domain="things.example",' in text


def test_rule_is_optional_by_default(tmp_path: Path) -> None:
    assert "Access" not in module(tmp_path, "")


def test_missing_rule_fails_where_rules_are_required(tmp_path: Path) -> None:
    place = r"things/v1/things\.proto:12: things\.v1\.Things\.Get: \(rpc_contract\.v1\.method\)"
    with pytest.raises(ContractError, match=rf"^{place}\.access is missing"):
        module(tmp_path, "", "access=required")
