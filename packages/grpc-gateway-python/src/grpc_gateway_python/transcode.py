"""`grpc-gateway-python`: serves REST for the annotated services of a folder of protos, without a build step."""

import shutil
import signal
import subprocess
import sys
import tempfile
from enum import Enum
from pathlib import Path
from typing import Annotated, Final

import google.api
import typer
from google.protobuf.descriptor_pb2 import FileDescriptorSet

import grpc_gateway_python
import rpc_contract
from grpc_gateway_python._upstream.targets import TargetError, grpc_target

SITES: Final = sorted(
    {Path(package.__path__[0]).parents[0] for package in (rpc_contract, grpc_gateway_python)}
)
"""Folders with the protos of this library and of what it needs."""
GOOGLE: Final = Path(google.api.__path__[0]).parents[1]
"""The folder with the protos of googleapis-common-protos."""
INSTALLED: Final = ("google/", "grpc_gateway_python/", "rpc_contract/")
"""Protos whose Python modules are installed."""
PLUGINS: Final = Path(sys.executable).parent
UPSTREAM: Final = "protoc-gen-openapiv2"


class Int64(Enum):
    """How JSON spells 64-bit integers."""

    NUMBER = "number"
    STRING = "string"


class FieldNames(Enum):
    """How JSON spells field names."""

    PROTO = "proto"
    JSON = "json"


def transcode(
    proto_dir: Annotated[Path, typer.Argument(exists=True, file_okay=False)],
    backend: Annotated[str, typer.Argument(help="HOST:PORT of the gRPC server.")],
    port: Annotated[int, typer.Argument(min=0, max=65535)],
    *,
    proto_path: Annotated[
        list[Path], typer.Option("-I", "--proto-path", help="Folder with protos that are imported.")
    ] = [],  # noqa: B006 - typer reads it only
    int64: Annotated[Int64, typer.Option(help="`string` is plain Protobuf JSON.")] = Int64.NUMBER,
    field_names: Annotated[FieldNames, typer.Option()] = FieldNames.PROTO,
    generate_unbound: Annotated[
        bool, typer.Option(help="Serve methods without google.api.http, too.")
    ] = False,
) -> None:
    """Serves REST for every annotated service that the protos below a folder declare.

    Needs grpcio-tools, and protoc-gen-openapiv2 on PATH.
    """
    try:
        target = grpc_target("BACKEND", backend)
    except TargetError as error:
        sys.exit(f"transcode: {error}")
    if shutil.which(UPSTREAM) is None:
        sys.exit(f"transcode: {UPSTREAM} is not on PATH")
    protos = sorted(str(path.relative_to(proto_dir)) for path in proto_dir.rglob("*.proto"))
    if not protos:
        sys.exit(f"transcode: no .proto below {proto_dir}")
    options = [
        f"int64={int64.value}",
        f"field_names={field_names.value}",
        f"generate_unbound={str(generate_unbound).lower()}",
    ]
    with tempfile.TemporaryDirectory(prefix="transcode-") as folder:
        _generate(Path(folder), [proto_dir, *proto_path], protos, options)
        command = ["--generated", folder, "--backend", target, "--port", str(port)]
        if int64 is Int64.STRING:
            command.append("--no-validate")
        sys.exit(_serve([sys.executable, "-m", "grpc_gateway_python._serve_generated", *command]))


def _serve(command: list[str]) -> int:
    """Runs the gateway until it ends; what stops this process stops the gateway."""
    with subprocess.Popen(command) as gateway:

        def stop(*_: object) -> None:
            gateway.terminate()

        signal.signal(signal.SIGTERM, stop)
        signal.signal(signal.SIGINT, stop)
        return gateway.wait()


def _generate(folder: Path, roots: list[Path], protos: list[str], options: list[str]) -> None:
    includes = [f"-I{root.resolve()}" for root in (*roots, *SITES, GOOGLE)]
    protoc = [sys.executable, "-m", "grpc_tools.protoc", *includes]
    image = folder / "image.binpb"
    _run(protoc, "--include_imports", f"--descriptor_set_out={image}", *protos)
    files = [file.name for file in FileDescriptorSet.FromString(image.read_bytes()).file]
    own = [file for file in files if not file.startswith(INSTALLED)]
    _run(protoc, f"--python_out={folder}", *own)
    plugin = PLUGINS / "protoc-gen-grpc-gateway-python"
    output = f"--gateway_out={','.join(options)}:{folder}"
    _run(protoc, f"--plugin=protoc-gen-gateway={plugin}", output, *protos)
    refiner = PLUGINS / "protoc-gen-openapi-refiner"
    output = f"--refiner_out={','.join(['name=api', *options])}:{folder}"
    _run(protoc, f"--plugin=protoc-gen-refiner={refiner}", output, *protos)


def _run(*words: list[str] | str) -> None:
    """Runs protoc, whose own words say what is wrong with the protos."""
    command = [word for part in words for word in ([part] if isinstance(part, str) else part)]
    if subprocess.run(command, check=False).returncode:
        sys.exit("transcode: the protos can't be served; see above")


def main() -> None:
    """The console script."""
    typer.run(transcode)


if __name__ == "__main__":
    main()
