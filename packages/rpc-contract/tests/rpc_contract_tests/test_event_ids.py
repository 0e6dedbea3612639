"""The ids of a stream's messages: what a method may declare, and the place that an error about it names."""

from pathlib import Path

import pytest

from protoc_plugin_kit import ContractError, Contracts
from protoc_plugin_kit.testing import compile_request
from rpc_contract.generator import EventIds, event_ids_of
from rpc_contract.v1 import contract_pb2

CONTRACT = """
syntax = "proto3";
package acme.v1;
import "rpc_contract/v1/contract.proto";
message Ask {
  string from = 1;
  int64 number = 2;
  Thing thing = 3;
}
message Thing { string id = 1; int64 number = 2; Inner inner = 3; }
message Inner { string id = 1; }
service S { rpc Watch(Ask) returns (stream Thing) { %s } }
"""
PLACE = "acme/v1/acme.proto:12: acme.v1.S.Watch: (rpc_contract.v1.method).events"
VALID = "id: 'id' last_id: 'from'"


def event_ids(folder: Path, option: str, contract: str = CONTRACT) -> EventIds | None:
    """Returns the ids of a method with this option."""
    files = {"acme/v1/acme.proto": contract % option}
    request = compile_request(folder, files, imports=[contract_pb2.DESCRIPTOR])
    contracts = Contracts.from_request(request)
    return event_ids_of(contracts, contracts.files[0].services_by_name["S"].methods[0])


def declared(events: str) -> str:
    return f"option (rpc_contract.v1.method) = {{events: {{{events}}}}};"


def test_expressions_of_the_ids(tmp_path: Path) -> None:
    found = event_ids(tmp_path, declared("id: 'inner.id' last_id: 'from'"))
    assert found is not None
    assert found.id_of_response == "lambda response: response.inner.id"
    assert found.last_id_of_request == 'lambda request: getattr(request, "from")'


@pytest.mark.parametrize("option", ["", "option (rpc_contract.v1.method) = {errors: 'GONE'};"])
def test_stream_may_have_no_ids(tmp_path: Path, option: str) -> None:
    assert event_ids(tmp_path, option) is None


@pytest.mark.parametrize(
    ("events", "error"),
    [
        ("", ".id is missing"),
        ("id: 'id'", ".last_id is missing"),
        ("last_id: 'from'", ".id is missing"),
        ("id: 'name' last_id: 'from'", ".id: acme.v1.Thing has no field 'name'"),
        ("id: 'number' last_id: 'from'", ".id: acme.v1.Thing.number is no string"),
        ("id: 'id' last_id: 'number'", ".last_id: acme.v1.Ask.number is no string"),
        ("id: 'id' last_id: 'thing.id'", ".last_id: 'thing.id' is no field of acme.v1.Ask itself"),
    ],
)
def test_error_names_the_place(tmp_path: Path, events: str, error: str) -> None:
    with pytest.raises(ContractError) as caught:
        event_ids(tmp_path, declared(events))
    assert str(caught.value) == PLACE + error


@pytest.mark.parametrize(
    ("types", "error"),
    [
        ("rpc Watch(Ask) returns (Thing)", ": the method doesn't stream its responses"),
        ("rpc Watch(stream Ask) returns (stream Thing)", ": the method has several requests"),
    ],
)
def test_only_streamed_responses_have_ids(tmp_path: Path, types: str, error: str) -> None:
    contract = CONTRACT.replace("rpc Watch(Ask) returns (stream Thing)", types)
    with pytest.raises(ContractError) as caught:
        event_ids(tmp_path, declared(VALID), contract)
    assert str(caught.value) == PLACE + error
