"""grpc-gateway's own example servers, built from its Go module, and its protos."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

HERE: Final = Path(__file__).parent
BUILD: Final = HERE.parents[2] / "build" / "grpc-gateway-examples"
GO: Final = Path(sys.executable).parent / "go"
MODULE: Final = "github.com/grpc-ecosystem/grpc-gateway/v2"
COMMANDS: Final = "examples/internal/cmd"
PROTOS: Final = "examples/internal/proto"
SERVED: Final = (
    "examplepb/a_bit_of_everything.proto",
    "examplepb/echo_service.proto",
    "examplepb/non_standard_names.proto",
    "examplepb/response_body_service.proto",
    "examplepb/stream.proto",
    "oneofenum/oneof_enum.proto",
    "pathenum/path_enum.proto",
    "sub/message.proto",
    "sub2/message.proto",
)
STREAMED_REQUESTS: Final = re.compile(r"(rpc \w+\(stream [^{]*)\{\s*option.*?\};\s*\}", re.DOTALL)


def build() -> tuple[Path, Path]:
    """Builds the gRPC server and the gateway, unless that is done, and returns their paths."""
    commands = BUILD / "example-grpc-server", BUILD / "example-gateway-server"
    stamp = BUILD / "go.sum"
    pins = (HERE / "go" / "go.sum").read_text()
    if stamp.exists() and stamp.read_text() == pins:
        return commands
    shutil.rmtree(BUILD, ignore_errors=True)
    source = BUILD / "source"
    shutil.copytree(_source(), source, copy_function=shutil.copyfile)
    for folder in [source, *(path for path in source.rglob("*") if path.is_dir())]:
        folder.chmod(0o755)  # in Go's module cache they are read-only
    own_main = HERE / "go" / "example_gateway_server.go.txt"
    shutil.copyfile(own_main, source / COMMANDS / "example-gateway-server" / "main.go")
    for command in commands:
        _go("build", "-o", str(command), f"./{COMMANDS}/{command.name}", cwd=source)
    stamp.write_text(pins)
    return commands


def copy_protos(folder: Path) -> None:
    """Copies the protos that the example servers serve.

    Methods that stream requests lose their option: this gateway's generator rejects them.
    """
    for name in SERVED:
        target = folder / PROTOS / name
        target.parent.mkdir(parents=True, exist_ok=True)
        text = (_source() / PROTOS / name).read_text()
        target.write_text(STREAMED_REQUESTS.sub(r"\1{}", text))


def _source() -> Path:
    return Path(json.loads(_go("mod", "download", "-json", MODULE))["Dir"])


def _go(*words: str, cwd: Path = HERE / "go") -> str:
    environment = os.environ | {"GOTOOLCHAIN": "local", "GOFLAGS": "-mod=readonly"}
    command = [str(GO), *words]
    done = subprocess.run(
        command, cwd=cwd, env=environment, check=True, stdout=subprocess.PIPE, text=True
    )
    return done.stdout
