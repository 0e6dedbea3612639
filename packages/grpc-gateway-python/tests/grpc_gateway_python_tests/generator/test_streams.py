"""Streaming methods: the ids of their messages, and what the generator rejects."""

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
message Ask { string name = 1; string last_id = 2; }
message Thing { string id = 1; }
service Things {
  rpc %s {
    option (google.api.http) = {%s};
    option (rpc_contract.v1.method) = {events: {%s}};
  }
}
"""
WATCH = "Watch(Ask) returns (stream Thing)"
IDS = "id: 'id' last_id: 'last_id'"


def module(
    folder: Path,
    rpc: str = WATCH,
    rule: str = "get: '/{name}'",
    events: str = IDS,
    option: str = "",
) -> str:
    """Returns the text of the generated module."""
    files = {"things/v1/things.proto": CONTRACT % (rpc, rule, events)}
    request = compile_request(folder, files, imports=IMPORTS, parameter=option)
    return dict(generator.generate(Contracts.from_request(request)))["things/v1/things_gateway.py"]


@pytest.mark.parametrize(("option", "name"), [("", "last_id"), ("field_names=json", "lastId")])
def test_stream_has_the_ids_of_its_messages(tmp_path: Path, option: str, name: str) -> None:
    text = module(tmp_path, option=option)
    assert "is_streaming=True," in text
    assert "event_id=lambda response: response.id," in text
    assert f'last_event_id="{name}",' in text


@pytest.mark.parametrize(
    ("rpc", "rule", "events", "reason"),
    [
        (WATCH, "get: '/{last_id}'", IDS, "events.last_id: 'last_id' is no query parameter"),
        (WATCH, "post: '/a' body: '*'", IDS, "events.last_id: 'last_id' is no query parameter"),
        (WATCH, "post: '/a' body: 'last_id'", IDS, "events.last_id: 'last_id' is no query"),
        (WATCH, "get: '/{name}'", "id: 'id'", "(rpc_contract.v1.method).events.last_id is missing"),
        (WATCH, "get: '/{name}'", "id: 'no' last_id: 'last_id'", "has no field 'no'"),
        ("Watch(Ask) returns (Thing)", "get: '/{name}'", IDS, "doesn't stream its responses"),
        ("Watch(stream Ask) returns (stream Thing)", "get: '/{name}'", IDS, "streams requests"),
    ],
)
def test_declaration_that_cannot_be_served_is_rejected_with_its_line(
    tmp_path: Path, rpc: str, rule: str, events: str, reason: str
) -> None:
    with pytest.raises(ContractError) as rejected:
        module(tmp_path, rpc, rule, events)
    assert str(rejected.value).startswith("things/v1/things.proto:8: things.v1.Things.Watch: ")
    assert reason in str(rejected.value)
