"""`just transcode`: REST for any annotated services, from their protos, without a build of theirs."""

import signal
import subprocess
import sys
import tempfile
from enum import Enum
from pathlib import Path
from typing import Annotated, Final

import typer
from google.protobuf.descriptor_pb2 import FileDescriptorSet

ROOT: Final = Path(__file__).parents[2]
THIRD_PARTY: Final = ROOT / ".proto-deps"
INSTALLED: Final = "google/"
"""Protos below it come as Python modules with the libraries."""
PLUGINS: Final = Path(sys.executable).parent


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
    int64: Annotated[Int64, typer.Option(help="`string` is plain Protobuf JSON.")] = Int64.NUMBER,
    field_names: Annotated[FieldNames, typer.Option()] = FieldNames.PROTO,
    generate_unbound: Annotated[
        bool, typer.Option(help="Serve methods without google.api.http, too.")
    ] = False,
) -> None:
    """Serves REST for every annotated service found below a folder of protos."""
    protos = sorted(str(path.relative_to(proto_dir)) for path in proto_dir.rglob("*.proto"))
    if not protos:
        sys.exit(f"transcode: no .proto below {proto_dir}")
    options = [
        f"int64={int64.value}",
        f"field_names={field_names.value}",
        f"generate_unbound={str(generate_unbound).lower()}",
    ]
    with tempfile.TemporaryDirectory(prefix="transcode-") as folder:
        _generate(Path(folder), proto_dir, protos, options)
        command = ["--generated", folder, "--backend", backend, "--port", str(port)]
        if int64 is Int64.STRING:
            command.append("--no-validate")
        sys.exit(_serve([sys.executable, "-m", "gateway.generated", *command]))


def _serve(command: list[str]) -> int:
    """Runs the gateway until it ends; what stops this process stops the gateway."""
    with subprocess.Popen(command) as gateway:

        def stop(*_: object) -> None:
            gateway.terminate()

        signal.signal(signal.SIGTERM, stop)
        signal.signal(signal.SIGINT, stop)
        return gateway.wait()


def _generate(folder: Path, proto_dir: Path, protos: list[str], options: list[str]) -> None:
    includes = [proto_dir, *sorted(each for each in THIRD_PARTY.iterdir() if each.is_dir())]
    protoc = [sys.executable, "-m", "grpc_tools.protoc", *(f"-I{each}" for each in includes)]
    image = folder / "image.binpb"
    _run(protoc, "--include_imports", f"--descriptor_set_out={image}", *protos)
    files = [each.name for each in FileDescriptorSet.FromString(image.read_bytes()).file]
    own = [each for each in files if not each.startswith(INSTALLED)]
    _run(protoc, f"--python_out={folder}", *own)
    plugin = PLUGINS / "protoc-gen-grpc-gateway-python"
    output = f"--gateway_out={','.join(options)}:{folder}"
    _run(protoc, f"--plugin=protoc-gen-gateway={plugin}", output, *protos)
    refiner = folder / "protoc-gen-refiner"
    refiner.write_text(f"#!/bin/sh\nexec {sys.executable} -m codegen.openapi_refiner\n")
    refiner.chmod(0o700)
    upstream = f"upstream={ROOT / '.tools' / 'protoc-gen-openapiv2'}"
    output = f"--refiner_out={','.join(['name=api', upstream, *options])}:{folder}"
    _run(protoc, f"--plugin=protoc-gen-refiner={refiner}", output, *protos)


def _run(*words: list[str] | str) -> None:
    """Runs protoc, whose own words say what is wrong with the protos."""
    command = [word for each in words for word in ([each] if isinstance(each, str) else each)]
    if subprocess.run(command, check=False, cwd=ROOT).returncode:
        sys.exit("transcode: the protos can't be served; see above")


if __name__ == "__main__":
    typer.run(transcode)
