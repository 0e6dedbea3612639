"""Envoy's configuration for the shop's contracts."""

import subprocess
from pathlib import Path
from string import Template
from typing import Any

from google.api import annotations_pb2
from google.protobuf.descriptor import FileDescriptor
from google.protobuf.descriptor_pb2 import FileDescriptorProto, FileDescriptorSet
from google.rpc import error_details_pb2, status_pb2

from toolchain.places import ROOT

TEMPLATE = ROOT / "bench" / "peers" / "envoy" / "envoy.yaml"
ERROR_FILES = (error_details_pb2.DESCRIPTOR, status_pb2.DESCRIPTOR)
"""The types of an error's details: no contract imports them, and Envoy needs them to write the details."""

HTTP: Any = annotations_pb2.http  # has no types


def descriptors(folder: Path) -> Path:
    """Builds the descriptor set of the contracts.

    Raises:
        subprocess.CalledProcessError: buf failed; its output is on stderr.
    """
    path = folder / "contracts.binpb"
    subprocess.run(["buf", "build", ROOT / "contracts", "-o", path], cwd=ROOT, check=True)
    files = FileDescriptorSet.FromString(path.read_bytes())
    for file in ERROR_FILES:
        _add(files, file)
    for method in (m for file in files.file for service in file.service for m in service.method):
        # Envoy supports it for google.api.HttpBody only, so its responses have one level more: {"order": {…}}.
        method.options.Extensions[HTTP].ClearField("response_body")
    path.write_bytes(files.SerializeToString())
    return path


def _add(files: FileDescriptorSet, file: FileDescriptor) -> None:
    """Adds a file after those that it imports, unless the set has it."""
    if file.name in {known.name for known in files.file}:
        return
    for imported in file.dependencies:
        _add(files, imported)
    files.file.append(FileDescriptorProto.FromString(file.serialized_pb))


def configuration(path: Path, address: str, backend: str, descriptor_set: Path) -> Path:
    """Writes Envoy's configuration to a file.

    Args:
        path: the file.
        address: where Envoy listens, on 127.0.0.1.
        backend: the gRPC server, on 127.0.0.1.
        descriptor_set: the file that `descriptors` made.
    """
    text = Template(TEMPLATE.read_text(encoding="utf-8")).substitute(
        port=_port(address), backend_port=_port(backend), descriptors=descriptor_set
    )
    path.write_text(text, encoding="utf-8")
    return path


def _port(address: str) -> str:
    return address.rpartition(":")[2]
