"""What every protoc plugin of ours starts from: the request, its descriptors, its answer."""

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from google.protobuf.compiler.plugin_pb2 import CodeGeneratorRequest, CodeGeneratorResponse
from google.protobuf.descriptor import FileDescriptor

from codegen.comments import comments, lines

Outputs = Iterator[tuple[str, str]]


class ContractError(Exception):
    """A contract asks for something that the generator can't make; the text names the place."""


@dataclass(frozen=True)
class Contracts:
    """The files to generate for, with every option readable, custom ones too.

    The options' own definitions are taken from the request, so that a plugin needs no generated
    code to run.
    """

    pool: descriptor_pool.DescriptorPool
    files: tuple[FileDescriptor, ...]
    comments: dict[str, str]
    lines: dict[str, str]
    request: CodeGeneratorRequest

    @classmethod
    def from_request(cls, request: CodeGeneratorRequest) -> "Contracts":
        """Loads the request's files, which come in the order of their imports."""
        pool = descriptor_pool.DescriptorPool()
        texts: dict[str, str] = {}
        places: dict[str, str] = {}
        for file in request.proto_file:
            pool.AddSerializedFile(file.SerializeToString())
            texts |= comments(file)
            places |= lines(file)
        files = tuple(map(pool.FindFileByName, request.file_to_generate))
        return cls(pool, files, texts, places, request)

    def at(self, full_name: str) -> str:
        """Returns how an error names a place: `file:line: full name`."""
        return ": ".join(filter(None, (self.lines.get(full_name), full_name)))

    def option(self, element: Any, extension: str) -> Any:
        """Returns the value of a custom option, its default when it isn't set.

        Raises:
            ContractError: the contracts import no file that defines the option.
        """
        try:
            field = self.pool.FindExtensionByName(extension)
        except KeyError:
            place = self.at(element.full_name)
            raise ContractError(f"{place}: no import defines ({extension})") from None
        options: Any = message_factory.GetMessageClass(field.containing_type)  # type: ignore[arg-type]  # an extension has one
        return options.FromString(element.GetOptions().SerializeToString()).Extensions[field]


def run(generate: Callable[[Contracts], Outputs], *, editions: bool = False) -> None:
    """Answers the request on standard input; a ContractError becomes the plugin's error message.

    Args:
        generate: Makes the files.
        editions: Whether it takes files with an `edition` instead of a `syntax`.
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
