"""The files of a CodeGeneratorRequest as descriptors, with their options and comments."""

from dataclasses import dataclass
from typing import Any, Self

from google.protobuf import descriptor_pool, message_factory
from google.protobuf.compiler.plugin_pb2 import CodeGeneratorRequest
from google.protobuf.descriptor import FieldDescriptor, FileDescriptor

from protoc_plugin_kit.comments import comments, lines


class ContractError(Exception):
    """A contract can't be generated from; the text names the file, the line and the element."""


@dataclass(frozen=True)
class Contracts:
    """The descriptors of a request, in which every option can be read, custom ones too.

    The definitions of custom options come from the request itself, so a plugin runs without
    generated code of its own.
    """

    pool: descriptor_pool.DescriptorPool
    files: tuple[FileDescriptor, ...]
    """The files to generate for."""
    comments: dict[str, str]
    """Full name → leading comment."""
    lines: dict[str, str]
    """Full name → `file:line`."""
    request: CodeGeneratorRequest

    @classmethod
    def from_request(cls, request: CodeGeneratorRequest) -> Self:
        """Loads the files of a request, in which protoc sorts imports before their importers."""
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
        """Returns the place of an element as error messages show it: `file:line: full name`."""
        return ": ".join(filter(None, (self.lines.get(full_name), full_name)))

    def option(self, element: Any, extension: str) -> Any:
        """Returns the value of a custom option, or its default if the element doesn't set it.

        Args:
            element: The descriptor of a file, message, field, enum, enum value, service or method.
            extension: The full name of the option, such as `google.api.http`.

        Raises:
            ContractError: No file of the request defines the option.
        """
        try:
            field = self.pool.FindExtensionByName(extension)
        except KeyError:
            place = self.at(element.full_name)
            raise ContractError(f"{place}: no import defines ({extension})") from None
        return _options(element, field).Extensions[field]

    def sets(self, element: Any, extension: str) -> bool:
        """Tells whether an element sets a custom option; no file needs to define it.

        Args:
            element: The descriptor, as for `option`.
            extension: The full name of the option, which must not be a repeated one.
        """
        try:
            field = self.pool.FindExtensionByName(extension)
        except KeyError:
            return False
        return bool(_options(element, field).HasExtension(field))


def _options(element: Any, field: FieldDescriptor) -> Any:
    """Returns the options of an element in the class that knows the extension."""
    options: Any = message_factory.GetMessageClass(field.containing_type)  # type: ignore[arg-type]  # an extension has one
    return options.FromString(element.GetOptions().SerializeToString())
