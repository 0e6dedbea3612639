"""Descriptors, options, comments and places of small contracts, compiled by the real protoc."""

import subprocess
import sys
from pathlib import Path

import pytest
from google.api import http_pb2
from google.protobuf.compiler.plugin_pb2 import CodeGeneratorRequest, CodeGeneratorResponse

from protoc_plugin_kit import ContractError, Contracts, is_importable, module_name, pb2_module
from protoc_plugin_kit.testing import compile_request

CONTRACT = """
syntax = "proto3";
package acme.v1;

import "google/protobuf/descriptor.proto";

extend google.protobuf.FieldOptions {
  string unit = 50999;
}

// A thing that is sold.
message Thing {
  // What it costs.
  int64 price = 1 [(acme.v1.unit) = "cent"];
  int64 weight = 2;
}
"""
PLUGIN = """
from protoc_plugin_kit import ContractError, run

def generate(contracts):
    yield "made.txt", "made"
    if contracts.request.parameter == "fail":
        raise ContractError(contracts.at("acme.v1.Thing") + ": can't be made")

run(generate)
"""


@pytest.fixture
def request_of_thing(tmp_path: Path) -> CodeGeneratorRequest:
    return compile_request(tmp_path, {"acme/my-thing.proto": CONTRACT})


@pytest.fixture
def contracts(request_of_thing: CodeGeneratorRequest) -> Contracts:
    return Contracts.from_request(request_of_thing)


def test_custom_option_is_read_without_generated_code(contracts: Contracts) -> None:
    price, weight = contracts.files[0].message_types_by_name["Thing"].fields
    assert contracts.option(price, "acme.v1.unit") == "cent"
    assert contracts.option(weight, "acme.v1.unit") == ""


def test_option_that_no_import_defines_names_its_place(contracts: Contracts) -> None:
    thing = contracts.files[0].message_types_by_name["Thing"]
    with pytest.raises(ContractError) as caught:
        contracts.option(thing, "acme.v1.missing")
    assert str(caught.value) == (
        "acme/my-thing.proto:12: acme.v1.Thing: no import defines (acme.v1.missing)"
    )


def test_comments_are_found_by_full_name(contracts: Contracts) -> None:
    assert contracts.comments["acme.v1.Thing"] == "A thing that is sold."
    assert contracts.comments["acme.v1.Thing.price"] == "What it costs."
    assert "acme.v1.Thing.weight" not in contracts.comments


def test_module_names_are_those_of_protoc(contracts: Contracts) -> None:
    assert pb2_module(contracts.files[0]) == "acme.my_thing_pb2"
    assert module_name("acme/my-thing.proto", "_gateway") == "acme.my_thing_gateway"


@pytest.mark.parametrize("module", ["lambda.v1.x_pb2", "a.2fa_pb2", "a..b"])
def test_module_that_no_statement_can_import(module: str) -> None:
    assert not is_importable(module)


def run_plugin(request: CodeGeneratorRequest, parameter: str) -> CodeGeneratorResponse:
    request.parameter = parameter
    command = [sys.executable, "-c", PLUGIN]
    done = subprocess.run(
        command, input=request.SerializeToString(), capture_output=True, check=True
    )
    return CodeGeneratorResponse.FromString(done.stdout)


def test_plugin_responds_with_files(request_of_thing: CodeGeneratorRequest) -> None:
    response = run_plugin(request_of_thing, "")
    assert [(file.name, file.content) for file in response.file] == [("made.txt", "made")]
    assert not response.error


def test_contract_error_becomes_the_error_of_the_response(
    request_of_thing: CodeGeneratorRequest,
) -> None:
    response = run_plugin(request_of_thing, "fail")
    assert response.error == "acme/my-thing.proto:12: acme.v1.Thing: can't be made"


def test_contract_that_protoc_rejects_fails_the_test(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"protoc rejects wrong\.proto"):
        compile_request(tmp_path, {"wrong.proto": 'syntax = "proto3"; message {}'})


def test_imports_come_from_generated_modules(tmp_path: Path) -> None:
    text = (
        'syntax = "proto3"; import "google/api/http.proto"; message M { google.api.Http http = 1; }'
    )
    imports = [http_pb2.DESCRIPTOR]
    request = compile_request(tmp_path, {"m.proto": text}, imports=imports, parameter="a=1")
    assert [file.name for file in request.proto_file] == ["google/api/http.proto", "m.proto"]
    assert list(request.file_to_generate) == ["m.proto"]
    assert request.parameter == "a=1"
