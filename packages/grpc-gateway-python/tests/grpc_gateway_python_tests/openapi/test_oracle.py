"""A body fits the refined schema exactly when protovalidate accepts it as a message."""

import json
from pathlib import Path
from typing import Any

import jsonschema_rs
import protovalidate
import pytest
from google.protobuf import json_format, message_factory
from google.protobuf.message import Message
from hypothesis import given, settings
from hypothesis import strategies as st

from grpc_gateway_python.openapi.__main__ import generate
from grpc_gateway_python_tests.openapi.refined import compile_proto
from protoc_plugin_kit.contracts import Contracts

CONTRACT = """
message M {
  enum Kind { KIND_UNSPECIFIED = 0; A = 1; B = 2; C = 3; }
  int32 low = 1 [(buf.validate.field).int32 = {gte: -3, lt: 5}];
  optional uint64 wide = 2 [(buf.validate.field).uint64 = {gt: 1, lte: 9007199254740991}];
  double share = 3 [(buf.validate.field).double = {gte: 0, lte: 0.5}];
  int32 pick = 4 [(buf.validate.field).int32 = {in: [0, 2, 4]}];
  string text = 5 [(buf.validate.field).string = {min_len: 1, max_len: 4, pattern: "^[^\\\\x00b]*$"}];
  optional string id = 6 [(buf.validate.field).string.uuid = true];
  optional string ends = 7 [(buf.validate.field).string = {prefix: "a", suffix: "z", not_contains: "mm"}];
  optional string ip = 8 [(buf.validate.field).string.ipv4 = true];
  repeated int32 list = 9 [(buf.validate.field).repeated = {max_items: 3, unique: true, items: {int32: {gte: 0}}}];
  repeated string some = 10 [(buf.validate.field).required = true];
  map<string, string> map = 11 [(buf.validate.field).map = {max_pairs: 2, values: {string: {min_len: 1}}}];
  optional Kind kind = 12 [(buf.validate.field).enum = {in: [1, 3]}];
  bool yes = 13 [(buf.validate.field).required = true];
  M inner = 14;
}
service S { rpc Do(M) returns (M) { option (google.api.http) = {post: "/do" body: "*"}; } }
"""

small = st.integers(-5, 7)
text = st.text("abm\0é", max_size=5)
UUID = "7b1f8a52-6a0e-4f0e-9a3d-5d6f0c2b9e11"
good: dict[str, Any] = {"text": "aé", "some": ["x"], "yes": True}
anything: dict[str, st.SearchStrategy[Any]] = {
    "low": small,
    "wide": small.filter(lambda value: value >= 0) | st.integers(2**53 - 3, 2**53 + 3),
    "share": st.floats(-1, 1) | st.sampled_from([0.5, 0]),
    "pick": small,
    "text": text,
    "id": st.sampled_from([UUID, UUID.upper(), UUID[:-1], UUID.replace("-", ""), f"{UUID}\n", ""]),
    "ends": st.text("amz\n", max_size=6),
    "ip": st.sampled_from(["192.0.2.1", "192.0.2.256", "192.0.2", "::1", ""]),
    "list": st.lists(small, max_size=4),
    "some": st.lists(text, max_size=2),
    "map": st.dictionaries(text, text, max_size=3),
    "kind": st.sampled_from(["A", "B", "C"]),
    "yes": st.booleans(),
}
changes = st.fixed_dictionaries({}, optional=anything)
missing = st.sets(st.sampled_from(sorted(good)), max_size=1)


def change(base: dict[str, Any], changed: dict[str, Any], absent: set[str]) -> dict[str, Any]:
    return {name: value for name, value in (base | changed).items() if name not in absent}


bodies = st.builds(change, st.just(good), changes, missing)
nested = st.builds(lambda outer, inner: outer | {"inner": inner}, bodies, bodies)


@pytest.fixture(scope="module")
def judges(tmp_path_factory: pytest.TempPathFactory) -> tuple[type[Message], Any]:
    contracts = Contracts.from_request(compile_proto(tmp_path_factory.mktemp("proto"), CONTRACT))
    kind = message_factory.GetMessageClass(contracts.pool.FindMessageTypeByName("test.v1.M"))
    swagger = json.loads(next(iter(generate(contracts)))[1])
    # Swagger 2.0 can't say `not`; OpenAPI 3.0 and this validator can.
    definitions = json.loads(json.dumps(swagger["definitions"]).replace('"x-not"', '"not"'))
    schema = {"$ref": "#/definitions/MInput", "definitions": definitions}
    return kind, jsonschema_rs.Draft4Validator(schema, validate_formats=True)


@settings(max_examples=500, deadline=None)
@given(body=bodies | nested)
def test_schema_agrees_with_protovalidate(judges: tuple[type[Message], Any], body: Any) -> None:
    kind, schema = judges
    found = protovalidate.collect_violations(json_format.ParseDict(body, kind()))
    assert schema.is_valid(body) == (not found), (body, list(schema.iter_errors(body)), found)


def test_the_valid_body_is_accepted(judges: tuple[type[Message], Any]) -> None:
    assert judges[1].is_valid(good)


def test_document_has_keywords_for_all_rules_of_the_contract(tmp_path: Path) -> None:
    """Keeps the comparison above honest: nothing may be left to prose, or it would not be compared."""
    contracts = Contracts.from_request(compile_proto(tmp_path, CONTRACT))
    swagger = json.loads(next(iter(generate(contracts)))[1])
    assert "description" not in swagger["paths"]["/do"]["post"]
