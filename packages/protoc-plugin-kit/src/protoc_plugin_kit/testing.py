"""Compiles contracts for the tests of a plugin, with the real protoc.

Needs grpcio-tools: `pip install 'protoc-plugin-kit[testing]'`.
"""

import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from google.protobuf.compiler.plugin_pb2 import CodeGeneratorRequest
from google.protobuf.descriptor import FileDescriptor
from google.protobuf.descriptor_pb2 import FileDescriptorSet
from grpc_tools import protoc

__all__ = ["compile_request", "run_protoc"]

WELL_KNOWN = Path(protoc.__file__).parent / "_proto"
"""The folder with google/protobuf/*.proto."""


def compile_request(
    folder: Path,
    files: Mapping[str, str],
    *,
    imports: Iterable[FileDescriptor] = (),
    parameter: str = "",
) -> CodeGeneratorRequest:
    """Returns the request that protoc sends to a plugin for these files, comments included.

    Args:
        folder: An empty folder, to which the files are written.
        files: Path of a proto file → its text. The plugin generates for all of them.
        imports: The files that they import, such as `annotations_pb2.DESCRIPTOR`. The imports of
            these files, and google/protobuf/*.proto, need not be listed.
        parameter: The parameter of the plugin, which protoc takes from `--NAME_opt`.

    Raises:
        ValueError: protoc rejects a file; standard error has its message.
    """
    output = folder / "request.binpb"
    arguments = _inputs(folder, files, imports)
    arguments += ["--include_imports", "--include_source_info", f"--descriptor_set_out={output}"]
    if protoc.main(["protoc", *arguments, *files]):
        raise ValueError(f"protoc rejects {', '.join(files)}")
    compiled_files = FileDescriptorSet.FromString(output.read_bytes()).file
    return CodeGeneratorRequest(
        file_to_generate=list(files), proto_file=compiled_files, parameter=parameter
    )


def run_protoc(
    folder: Path, files: Mapping[str, str], *outputs: str, imports: Iterable[FileDescriptor] = ()
) -> "subprocess.CompletedProcess[str]":
    """Runs protoc with its plugins in a process of its own, and returns how it ended.

    Args:
        folder: As for `compile_request`.
        files: As for `compile_request`.
        *outputs: Arguments of protoc such as `--python_out=gen`.
        imports: As for `compile_request`.
    """
    arguments = [*_inputs(folder, files, imports), *outputs]
    return subprocess.run(
        [sys.executable, "-m", "grpc_tools.protoc", *arguments, *files],
        check=False,
        capture_output=True,
        text=True,
    )


def _inputs(folder: Path, files: Mapping[str, str], imports: Iterable[FileDescriptor]) -> list[str]:
    """Writes the files and returns protoc's arguments to find them and their imports."""
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    arguments = [f"-I{folder}", f"-I{WELL_KNOWN}"]
    known = {file.name: file for root in imports for file in _with_imports(root)}
    if known:
        compiled = folder / "imports.binpb"
        compiled.write_bytes(_descriptor_set(known.values()).SerializeToString())
        arguments.append(f"--descriptor_set_in={compiled}")
    return arguments


def _with_imports(file: FileDescriptor) -> Iterator[FileDescriptor]:
    """Yields a file after the files that it imports, as a FileDescriptorSet is sorted."""
    for dependency in file.dependencies:
        yield from _with_imports(dependency)
    yield file


def _descriptor_set(files: Iterable[FileDescriptor]) -> FileDescriptorSet:
    found = FileDescriptorSet()
    for file in files:
        file.CopyToProto(found.file.add())
    return found
