"""Runs the generator on contracts of the tests' own, compiled by the real protoc."""

from collections.abc import Callable
from pathlib import Path

import pytest
from google.protobuf.compiler.plugin_pb2 import CodeGeneratorRequest
from google.protobuf.descriptor_pb2 import FileDescriptorSet
from grpc_tools import protoc

from protoc_plugin_kit.contracts import Contracts
from transactional_events.generator.__main__ import generate

ROOT = Path(__file__).parents[3]
WELL_KNOWN = Path(protoc.__file__).parent / "_proto"
IMPORTS = [
    ROOT / "contracts",
    *(ROOT / "packages").glob("*/src"),
    *sorted((ROOT / ".proto-deps").glob("*")),
    WELL_KNOWN,
]
FILE = "acme/events/v1/thing_event.proto"

SECOND_FILE = "acme/events/v2/thing_event.proto"

Generate = Callable[..., dict[str, str]]


def compiled(folder: Path, name: str, text: str) -> FileDescriptorSet:
    """Compiles a file with its imports and comments."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    output = folder / "set.binpb"
    includes = [f"-I{each}" for each in (folder, *IMPORTS)]
    options = ("--include_imports", "--include_source_info", f"--descriptor_set_out={output}")
    assert protoc.main(["protoc", *includes, *options, name]) == 0
    return FileDescriptorSet.FromString(output.read_bytes())


def request_for(folder: Path, *texts: str) -> CodeGeneratorRequest:
    """Returns what protoc sends to a plugin for the texts of one or two event files."""
    names = [name for name, _ in zip((FILE, SECOND_FILE), texts, strict=False)]
    compiled_sets = [compiled(folder, *file) for file in zip(names, texts, strict=True)]
    files = {file.name: file for compiled_set in compiled_sets for file in compiled_set.file}
    return CodeGeneratorRequest(file_to_generate=names, proto_file=files.values())


@pytest.fixture
def generated(tmp_path: Path) -> Generate:
    """Returns the generator's files, by name, for the texts of one or two event files."""

    def run(*texts: str) -> dict[str, str]:
        return dict(generate(Contracts.from_request(request_for(tmp_path, *texts))))

    return run
