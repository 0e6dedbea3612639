"""The protocol between protoc and a plugin: a request on standard input, a response on standard output."""

import sys
from collections.abc import Callable, Iterator

from google.protobuf import descriptor_pb2
from google.protobuf.compiler.plugin_pb2 import CodeGeneratorRequest, CodeGeneratorResponse

from protoc_plugin_kit.contracts import ContractError, Contracts

Outputs = Iterator[tuple[str, str]]
"""The path and the text of each generated file."""


def run(generate: Callable[[Contracts], Outputs], *, editions: bool = False) -> None:
    """Reads a request, generates, and writes the response.

    A ContractError becomes the `error` of the response, which protoc and buf print.

    Args:
        generate: Yields the generated files.
        editions: Whether `generate` accepts files with an `edition` instead of a `syntax`.
    """
    request = CodeGeneratorRequest.FromString(sys.stdin.buffer.read())
    response = CodeGeneratorResponse(
        supported_features=CodeGeneratorResponse.FEATURE_PROTO3_OPTIONAL
    )
    if editions:
        response.supported_features |= CodeGeneratorResponse.FEATURE_SUPPORTS_EDITIONS
        response.minimum_edition = descriptor_pb2.EDITION_PROTO2
        response.maximum_edition = descriptor_pb2.EDITION_2023
    try:
        for name, content in generate(Contracts.from_request(request)):
            response.file.add(name=name, content=content)
    except ContractError as error:
        response.error = str(error)
    sys.stdout.buffer.write(response.SerializeToString())
