"""Generates the lines that read fields from JSON."""

from dataclasses import dataclass

from google.protobuf.descriptor import Descriptor, FieldDescriptor

from grpc_gateway_python._contracts.kinds import (
    is_map,
    key_reader_of,
    map_fields,
    well_known_of,
    wrapped_of,
)
from grpc_gateway_python.generator.closure import Use
from grpc_gateway_python.generator.functions import Functions
from grpc_gateway_python.generator.names import assignment, attribute


@dataclass(frozen=True)
class Source:
    """The expressions of a JSON value and of its place."""

    json: str
    place: str
    """The place of the message whose field has the value."""
    name: str
    """The field's name."""
    message_place: str
    """The place of the value itself, if it is a message."""

    @property
    def arguments(self) -> str:
        """The arguments of every reader."""
        return f"{self.json}, {self.place}, {self.name}"


class JsonReading(Functions):
    """Generates the code that reads JSON."""

    def read(self, field: FieldDescriptor, source: Source, owner: str = "message") -> list[str]:
        """Returns the lines that read a field of a message from JSON."""
        target = attribute(owner, field)
        if is_map(field):
            return self._read_map(field, target, source)
        if field.is_repeated:
            return self._read_list(field, target, source)
        if field.message_type:
            return [self.read_message(field.message_type, target, source, field)]
        return [assignment(owner, field, f"{self.reader(field, field)}({source.arguments})")]

    def read_message(
        self,
        message: Descriptor,
        target: str,
        source: Source,
        declared: FieldDescriptor | None = None,
    ) -> str:
        """Returns the line that reads a message: a field's value, or the whole request if `declared` is None."""
        if wrapped := wrapped_of(message):
            return (
                f"{target}.value = {self.reader(wrapped, declared or wrapped)}({source.arguments})"
            )
        if well_known := well_known_of(message):
            read = self._names.runtime(f"read_{well_known}")
            return f"{read}({target}, {source.arguments})"
        function = self.function(Use.READ, message)
        return f"{function}({target}, {source.json}, {source.message_place})"

    def _read_list(self, field: FieldDescriptor, target: str, source: Source) -> list[str]:
        if not field.message_type:
            read_list = self._names.runtime("read_list")
            return [
                f"{target}.extend({read_list}({self.reader(field, field)}, {source.arguments}))"
            ]
        item = Source(
            json="item",
            place=source.place,
            name=f'f"{{{source.name}}}[{{index}}]"',
            message_place=f"{source.place}.item({source.name}, index)",
        )
        items = self._names.runtime("items")
        line = self.read_message(field.message_type, f"{target}.add()", item, field)
        return [f"for index, item in enumerate({items}({source.arguments})):", f"    {line}"]

    def _read_map(self, field: FieldDescriptor, target: str, source: Source) -> list[str]:
        key, value = map_fields(field)
        read_key = self._names.runtime(key_reader_of(key))
        if not value.message_type:
            read_map = self._names.runtime("read_map")
            read = self.reader(value, field)
            return [f"{target}.update({read_map}({read_key}, {read}, {source.arguments}))"]
        place = f"{source.place}.entry({source.name}, key)"
        item = Source(json="item", place=place, name='""', message_place=place)
        entries = self._names.runtime("entries")
        entry = f"{target}[{read_key}(key, {source.place}, {source.name})]"
        line = self.read_message(value.message_type, entry, item, field)
        return [f"for key, item in {entries}({source.arguments}).items():", f"    {line}"]
