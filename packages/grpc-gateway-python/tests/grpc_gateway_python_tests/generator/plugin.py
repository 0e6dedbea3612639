"""Runs the generator on contracts given as text."""

from pathlib import Path

from grpc_gateway_python.generator import generator
from grpc_gateway_python_tests.compiled import IMPORTS, PLUGIN
from protoc_plugin_kit import Contracts
from protoc_plugin_kit.testing import compile_request, run_protoc

HEAD = """syntax = "proto3";

package things.v1;

import "google/api/annotations.proto";
import "google/api/field_behavior.proto";
import "protoc-gen-openapiv2/options/annotations.proto";

message Thing {
  string name = 1;
  repeated string tags = 2;
  map<string, string> labels = 3;
  Thing parent = 4;
  string etag = 5 [(google.api.field_behavior) = OUTPUT_ONLY];
}

service Things {
"""
"""Ends on line 17, so that the first method of the service stands on line 18."""


def generate(folder: Path, methods: str, *options: str) -> str:
    """Returns the text of the module that is generated for a service with these methods.

    Raises:
        ContractError: The generator rejects the contract or an option.
    """
    files = {"things.proto": _contract(methods)}
    request = compile_request(folder, files, imports=IMPORTS, parameter=",".join(options))
    return dict(generator.generate(Contracts.from_request(request)))["things_gateway.py"]


def generate_with_protoc(folder: Path, methods: str) -> str:
    """Returns the same, from the plugin in a process of its own, as protoc runs it."""
    outputs = [f"--plugin=protoc-gen-gateway={PLUGIN}", f"--gateway_out={folder}"]
    done = run_protoc(folder, {"things.proto": _contract(methods)}, *outputs, imports=IMPORTS)
    assert done.returncode == 0, done.stderr
    return (folder / "things_gateway.py").read_text()


def _contract(methods: str) -> str:
    return f"{HEAD}{methods}\n}}\n"
