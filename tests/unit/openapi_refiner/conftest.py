"""Refines small contracts of the tests' own, through the real protoc and protoc-gen-openapiv2."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from google.protobuf.compiler.plugin_pb2 import CodeGeneratorRequest
from google.protobuf.descriptor_pb2 import FileDescriptorSet
from grpc_tools import protoc

from grpc_gateway_python.openapi.__main__ import generate
from protoc_plugin_kit.contracts import Contracts

ROOT = Path(__file__).parents[3]
UPSTREAM = ROOT / ".tools" / "protoc-gen-openapiv2"
WELL_KNOWN = Path(protoc.__file__).parent / "_proto"
IMPORTS = [
    ROOT / "contracts",
    *(ROOT / "packages").glob("*/src"),
    *(ROOT / ".proto-deps").glob("*"),
    WELL_KNOWN,
]
HEADER = """
syntax = "proto3";
package test.v1;
import "buf/validate/validate.proto";
import "google/api/annotations.proto";
import "google/api/field_behavior.proto";
import "google/protobuf/any.proto";
import "google/protobuf/duration.proto";
import "google/protobuf/field_mask.proto";
import "google/protobuf/timestamp.proto";
import "google/protobuf/wrappers.proto";
import "protoc-gen-openapiv2/options/annotations.proto";
"""

Json = dict[str, Any]
Refine = Callable[..., tuple[Json, Json]]


def compile_proto(folder: Path, text: str, header: str = HEADER) -> CodeGeneratorRequest:
    """Returns the request that a plugin gets for this file."""
    assert UPSTREAM.exists(), "run `./justw toolchain` first"
    (folder / "test.proto").write_text(header + text)
    output = folder / "set.binpb"
    includes = [f"-I{path}" for path in (folder, *IMPORTS)]
    flags = ["--include_imports", "--include_source_info", f"--descriptor_set_out={output}"]
    assert protoc.main(["protoc", *includes, *flags, "test.proto"]) == 0, "see protoc's message"
    files = FileDescriptorSet.FromString(output.read_bytes()).file
    return CodeGeneratorRequest(
        file_to_generate=["test.proto"], proto_file=files, parameter=f"upstream={UPSTREAM}"
    )


@pytest.fixture
def refine(tmp_path: Path) -> Refine:
    """Returns a function from a contract to its Swagger 2.0 and its OpenAPI 3.0 document."""

    def run(text: str, header: str = HEADER, parameter: str = "") -> tuple[Json, Json]:
        request = compile_proto(tmp_path, text, header)
        request.parameter += f",{parameter}" if parameter else ""
        swagger, openapi = generate(Contracts.from_request(request))
        return json.loads(swagger[1]), json.loads(openapi[1])

    return run


@pytest.fixture
def schema_of(refine: Refine) -> Callable[[str], Json]:
    """Returns a function from a field's declaration to its schema in a request body."""

    def run(field: str, more: str = "", parameter: str = "") -> Json:
        swagger, _ = refine(
            f"message M {{ {field} }} {more} message Empty {{}}"
            """ service S { rpc Do(M) returns (Empty) {
                option (google.api.http) = {post: "/do" body: "*"}; } }""",
            parameter=parameter,
        )
        schema: Json = swagger["definitions"]["M"]["properties"]["f"]
        schema.pop("x-nullable", None)
        return schema

    return run


@pytest.fixture
def prose_of(refine: Refine) -> Callable[[str], str]:
    """Returns a function from a message's content to the words that its operation says about it."""

    def run(content: str, more: str = "") -> str:
        swagger, _ = refine(
            f"message M {{ {content} }} {more} message Empty {{}}"
            """ service S { rpc Do(M) returns (Empty) {
                option (google.api.http) = {post: "/do" body: "*"}; } }"""
        )
        return str(swagger["paths"]["/do"]["post"].get("description", ""))

    return run
