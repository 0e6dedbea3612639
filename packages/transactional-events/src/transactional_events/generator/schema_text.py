"""Prints a file's messages as the text that is registered for them.

Equal contracts give equal text, whatever their comments and layout: the registry finds a schema by
its text. Custom options and their imports, which no other reader needs, are left out.
"""

from collections.abc import Iterator

from google.protobuf.descriptor import FileDescriptor
from google.protobuf.descriptor_pb2 import (
    DescriptorProto,
    EnumDescriptorProto,
    FieldDescriptorProto,
    FileDescriptorProto,
)

from protoc_plugin_kit.contracts import ContractError

STANDARD = "google/protobuf/"
SCALARS = {
    value.number: value.name.removeprefix("TYPE_").lower()
    for value in FieldDescriptorProto.Type.DESCRIPTOR.values
}
INDENT = "  "


def schema_text(file: FileDescriptor) -> str:
    """Returns the canonical text.

    Raises:
        ContractError: a message needs a type of another file of ours, or the file isn't proto3.
    """
    proto = _proto(file)
    if proto.syntax != "proto3":
        raise ContractError(f"{file.name}: a file that is registered is proto3")
    if proto.extension:
        raise ContractError(f"{file.name}: a file that is registered defines no extensions")
    imports = [imported.name for imported in imported_files(file)]
    return "\n".join(_Printer(proto, imports).file()) + "\n"


def imported_files(file: FileDescriptor) -> list[FileDescriptor]:
    """Returns the files that the text imports, by name.

    Raises:
        ContractError: one of them is not Google's.
    """
    found: dict[str, FileDescriptor] = {}
    pending = list(_proto(file).message_type)
    while pending:
        message = pending.pop()
        pending.extend(message.nested_type)
        for field in message.field:
            if field.type_name:
                home = file.pool.FindFileContainingSymbol(field.type_name[1:])
                if home.name != file.name:
                    _require_standard(file, field, home)
                    found[home.name] = home
    return [found[name] for name in sorted(found)]


def _require_standard(
    file: FileDescriptor, field: FieldDescriptorProto, home: FileDescriptor
) -> None:
    if not home.name.startswith(STANDARD):
        raise ContractError(
            f"{file.name}: {field.name} is a {field.type_name[1:]} of {home.name}, "
            f"and an event file uses its own types and those of {STANDARD} only"
        )


def _proto(file: FileDescriptor) -> FileDescriptorProto:
    proto = FileDescriptorProto()
    file.CopyToProto(proto)
    return proto


class _Printer:
    def __init__(self, proto: FileDescriptorProto, imports: list[str]) -> None:
        self._proto = proto
        self._imports = imports
        self._inner: list[str] = []
        """The names that the messages around a field declare."""

    def file(self) -> Iterator[str]:
        body = [
            line for message in self._proto.message_type for line in ("", *self._message(message))
        ]
        body += [line for enum in self._proto.enum_type for line in ("", *self._enum(enum))]
        yield 'syntax = "proto3";'
        yield ""
        yield f"package {self._proto.package};"
        if self._imports:
            yield ""
            yield from (f'import "{name}";' for name in self._imports)
        yield from body

    def _message(self, message: DescriptorProto) -> Iterator[str]:
        yield f"message {message.name} {{"
        maps = {nested.name: nested for nested in message.nested_type if nested.options.map_entry}
        outside = self._inner
        self._inner = [
            *outside,
            *(nested.name for nested in message.nested_type),
            *(enum.name for enum in message.enum_type),
        ]
        yield from _indented(_reserved(message))
        done: set[int] = set()
        for field in message.field:
            if not field.HasField("oneof_index") or field.proto3_optional:
                yield INDENT + self._field(field, maps)
            elif field.oneof_index not in done:
                done.add(field.oneof_index)
                yield f"{INDENT}oneof {message.oneof_decl[field.oneof_index].name} {{"
                for member in message.field:
                    if member.HasField("oneof_index") and member.oneof_index == field.oneof_index:
                        yield 2 * INDENT + self._field(member, maps)
                yield f"{INDENT}}}"
        for nested in message.nested_type:
            if nested.name not in maps:
                yield from _indented(self._message(nested))
        for enum in message.enum_type:
            yield from _indented(self._enum(enum))
        self._inner = outside
        yield "}"

    def _field(self, field: FieldDescriptorProto, maps: dict[str, DescriptorProto]) -> str:
        entry = maps.get(field.type_name.rsplit(".", 1)[-1])
        if entry:
            key, value = entry.field
            kind = f"map<{self._type(key)}, {self._type(value)}>"
        else:
            kind = self._type(field)
            if field.label == FieldDescriptorProto.LABEL_REPEATED:
                kind = f"repeated {kind}"
            elif field.proto3_optional:
                kind = f"optional {kind}"
        deprecated = " [deprecated = true]" if field.options.deprecated else ""
        return f"{kind} {field.name} = {field.number}{deprecated};"

    def _type(self, field: FieldDescriptorProto) -> str:
        if not field.type_name:
            return SCALARS[field.type]
        name = field.type_name.removeprefix(f".{self._proto.package}.")
        # The innermost scope comes first, so a name that stands there, too, is written with a dot.
        hiding = {*self._inner, *(self._proto.package.split(".")[1:] if name[0] == "." else ())}
        name = name.removeprefix(".")
        return field.type_name if name.partition(".")[0] in hiding else name

    def _enum(self, enum: EnumDescriptorProto) -> Iterator[str]:
        yield f"enum {enum.name} {{"
        if enum.options.allow_alias:
            yield f"{INDENT}option allow_alias = true;"
        yield from _indented(_reserved(enum))
        yield from (f"{INDENT}{value.name} = {value.number};" for value in enum.value)
        yield "}"


def _reserved(element: DescriptorProto | EnumDescriptorProto) -> Iterator[str]:
    # A message's ranges end before their end, an enum's at it.
    beyond = 1 if isinstance(element, DescriptorProto) else 0
    for numbers in element.reserved_range:
        last = numbers.end - beyond
        yield (
            f"reserved {numbers.start};"
            if last == numbers.start
            else f"reserved {numbers.start} to {last};"
        )
    if element.reserved_name:
        names = ", ".join(f'"{name}"' for name in element.reserved_name)
        yield f"reserved {names};"


def _indented(lines: Iterator[str]) -> Iterator[str]:
    return (INDENT + line for line in lines)
