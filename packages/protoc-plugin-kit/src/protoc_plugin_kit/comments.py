"""Finds the comments of a proto file by the full names of what they describe."""

import re
from collections.abc import Iterator, Sequence
from typing import Protocol

from google.protobuf.descriptor_pb2 import DescriptorProto, EnumDescriptorProto, FileDescriptorProto

Path = tuple[int, ...]


class _Named(Protocol):
    name: str


def comments(file: FileDescriptorProto) -> dict[str, str]:
    """Returns full name → leading comment, for everything in the file that has one."""
    texts = {
        tuple(location.path): _text(location.leading_comments)
        for location in file.source_code_info.location
        if location.leading_comments
    }
    return {name: texts[path] for name, path in _places(file) if path in texts}


def lines(file: FileDescriptorProto) -> dict[str, str]:
    """Returns full name → `file:line`, for everything in the file that has a name."""
    starts = {
        tuple(location.path): location.span[0] + 1 for location in file.source_code_info.location
    }
    return {name: f"{file.name}:{starts[path]}" for name, path in _places(file) if path in starts}


def docstring(text: str) -> str:
    """Returns a comment with the escapes that it needs between three quotes."""
    return re.sub(r'"(?="|\Z)', r"\"", text.replace("\\", r"\\"))


def _text(raw: str) -> str:
    return "\n".join(line.removeprefix(" ").rstrip() for line in raw.splitlines()).strip()


# The numbers are the field numbers of descriptor.proto, as SourceCodeInfo.Location.path counts.
def _places(file: FileDescriptorProto) -> Iterator[tuple[str, Path]]:
    package = file.package
    for index, message in enumerate(file.message_type):
        yield from _message(message, package, (4, index))
    for index, enum in enumerate(file.enum_type):
        yield from _enum(enum, package, (5, index))
    for index, service in enumerate(file.service):
        yield f"{package}.{service.name}", (6, index)
        yield from _members(service.method, f"{package}.{service.name}", (6, index, 2))


def _message(message: DescriptorProto, scope: str, path: Path) -> Iterator[tuple[str, Path]]:
    name = f"{scope}.{message.name}"
    yield name, path
    yield from _members(message.field, name, (*path, 2))
    yield from _members(message.oneof_decl, name, (*path, 8))
    for index, nested in enumerate(message.nested_type):
        yield from _message(nested, name, (*path, 3, index))
    for index, enum in enumerate(message.enum_type):
        yield from _enum(enum, name, (*path, 4, index))


def _enum(enum: EnumDescriptorProto, scope: str, path: Path) -> Iterator[tuple[str, Path]]:
    yield f"{scope}.{enum.name}", path
    yield from _members(enum.value, f"{scope}.{enum.name}", (*path, 2))


def _members(members: Sequence[_Named], scope: str, path: Path) -> Iterator[tuple[str, Path]]:
    for index, member in enumerate(members):
        yield f"{scope}.{member.name}", (*path, index)
