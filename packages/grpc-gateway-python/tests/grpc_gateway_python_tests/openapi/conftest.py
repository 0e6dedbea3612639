"""Refines small contracts of the tests' own, through the real protoc and protoc-gen-openapiv2."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from grpc_gateway_python.openapi.__main__ import generate
from grpc_gateway_python_tests.openapi.refined import HEADER, Json, Refine, compile_proto
from protoc_plugin_kit.contracts import Contracts


@pytest.fixture
def refine(tmp_path: Path) -> Refine:
    """Returns a function from a contract to its Swagger 2.0 and its OpenAPI 3.0 document."""

    def run(text: str, header: str = HEADER, parameter: str = "") -> tuple[Json, Json]:
        request = compile_proto(tmp_path, text, header)
        request.parameter = parameter
        swagger, openapi, *_ = generate(Contracts.from_request(request))
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
