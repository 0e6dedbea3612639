"""Generated methods have the access rules of the contract, and a rule can be required."""

from pathlib import Path

import pytest
from google.api import annotations_pb2

from protoc_plugin_kit import ContractError, Contracts
from protoc_plugin_kit.testing import compile_request
from rpc_contract.v1 import contract_pb2
from transactional_grpc.generator.__main__ import generate

CONTRACT = """
syntax = "proto3";
package acme.v1;
import "google/api/annotations.proto";
import "rpc_contract/v1/contract.proto";
message Ask { string from = 1; string user = 2; }
message Answer { Thing thing = 1; }
message Thing { string owner = 1; }
enum Reason {
  REASON_UNSPECIFIED = 0;
  THINGS = 1 [(rpc_contract.v1.error) = {code: NOT_FOUND message: "Nothing of {user}."}];
}
service Things {
  option (rpc_contract.v1.service) = {domain: "acme"};
  rpc Get(Ask) returns (Answer) { option (rpc_contract.v1.method) = {%s}; }
}
"""


def module(folder: Path, rules: str, parameter: str = "", *, contract: str = CONTRACT) -> str:
    """Returns the text of the generated module."""
    imports = (annotations_pb2.DESCRIPTOR, contract_pb2.DESCRIPTOR)
    files = {"acme/v1/thing.proto": contract % rules}
    request = compile_request(folder, files, imports=imports, parameter=parameter)
    return dict(generate(Contracts.from_request(request)))["acme/v1/thing_rpc.py"]


def test_rule_reads_the_owners_and_makes_the_declared_error(tmp_path: Path) -> None:
    text = module(
        tmp_path,
        "errors: 'THINGS' access: {scope: 's' owner: 'from'"
        " response_owner: 'thing.owner' hidden_as: 'THINGS'}",
    )
    assert "from rpc_access import Access\n" in text
    # The service's function is called `things` already.
    assert "from acme.v1.thing_errors import things as things_\n" in text
    assert (
        'access=Access(scope="s", owner=lambda request: getattr(request, "from"), '
        "response_owner=lambda response: response.thing.owner, "
        "hidden_as=lambda request: things_(user=request.user)),"
    ) in text


def test_stream_yields_responses_and_has_ids(tmp_path: Path) -> None:
    contract = CONTRACT.replace("returns (Answer)", "returns (stream Answer)").replace(
        "{ option (rpc", "{ option idempotency_level = NO_SIDE_EFFECTS; option (rpc"
    )
    rules = (
        "access: {scope: 's' response_owner: 'thing.owner'}"
        " events: {id: 'thing.owner' last_id: 'from'}"
    )
    text = module(tmp_path, rules, contract=contract)
    assert "def get(\n        self, db: Database[D], request: Ask\n" in text
    assert "async def get" not in text
    assert ") -> AsyncGenerator[Answer, None]:" in text
    assert "StreamingMethod(" in text
    assert "id=lambda response: response.thing.owner," in text
    assert 'last_id=lambda request: getattr(request, "from"),' in text
    assert "response_owner=lambda response: response.thing.owner" in text
    assert "Transaction" not in text


def test_rule_of_a_public_method_is_generated(tmp_path: Path) -> None:
    assert "access=Access(public=True)," in module(tmp_path, "access: {public: true}")


@pytest.mark.parametrize("parameter", ["", "access=optional"])
def test_rule_is_optional_by_default(tmp_path: Path, parameter: str) -> None:
    assert "Access" not in module(tmp_path, "", parameter)


def test_missing_rule_fails_where_rules_are_required(tmp_path: Path) -> None:
    place = r"acme/v1/thing\.proto:15: acme\.v1\.Things\.Get: \(rpc_contract\.v1\.method\)\.access"
    with pytest.raises(ContractError, match=f"^{place} is missing"):
        module(tmp_path, "", "access=required")


def test_unknown_parameter_is_named(tmp_path: Path) -> None:
    with pytest.raises(ContractError, match="unknown option 'access=maybe'"):
        module(tmp_path, "", "access=maybe")
