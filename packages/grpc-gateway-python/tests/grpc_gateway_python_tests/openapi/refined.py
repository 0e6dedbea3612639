"""Contracts of the tests, for protoc-gen-openapiv2 and the refiner."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from google.protobuf.compiler.plugin_pb2 import CodeGeneratorRequest

from grpc_gateway_python_tests.compiled import IMPORTS
from protoc_plugin_kit.testing import compile_request

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
    return compile_request(folder, {"test.proto": header + text}, imports=IMPORTS)
