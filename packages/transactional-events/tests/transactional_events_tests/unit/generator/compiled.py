"""Contracts of the tests, compiled by the real protoc."""

from collections.abc import Callable
from pathlib import Path

from google.protobuf.compiler.plugin_pb2 import CodeGeneratorRequest
from google.rpc import code_pb2, status_pb2

from buf.validate import validate_pb2
from protoc_plugin_kit.testing import compile_request
from transactional_events.v1 import options_pb2

IMPORTS = tuple(module.DESCRIPTOR for module in (code_pb2, options_pb2, status_pb2, validate_pb2))
FILE = "acme/events/v1/thing_event.proto"
SECOND_FILE = "acme/events/v2/thing_event.proto"

Generate = Callable[..., dict[str, str]]


def request_for(folder: Path, *texts: str) -> CodeGeneratorRequest:
    """Returns what protoc sends to a plugin for the texts of one or two event files."""
    files = dict(zip((FILE, SECOND_FILE), texts, strict=False))
    return compile_request(folder, files, imports=IMPORTS)
