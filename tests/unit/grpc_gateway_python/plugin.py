"""Runs the plugin on contracts given as text."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]
PLUGIN = Path(sys.executable).parent / "protoc-gen-grpc-gateway-python"
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


def generate(folder: Path, methods: str, *options: str) -> subprocess.CompletedProcess[str]:
    """Returns what protoc said; the generated modules are in the folder."""
    (folder / "things.proto").write_text(f"{HEAD}{methods}\n}}\n")
    includes = [folder, *sorted(path for path in (ROOT / ".proto-deps").iterdir() if path.is_dir())]
    command = [
        sys.executable,
        "-m",
        "grpc_tools.protoc",
        *(f"-I{each}" for each in includes),
        f"--plugin=protoc-gen-gateway={PLUGIN}",
        f"--gateway_out={','.join(options)}:{folder}",
        "things.proto",
    ]
    return subprocess.run(command, check=False, capture_output=True, text=True)
