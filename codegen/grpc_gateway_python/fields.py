"""The lines of generated code that read, set and write one field."""

from dataclasses import dataclass

from google.protobuf.descriptor import Descriptor, EnumDescriptor, FieldDescriptor

from codegen.grpc_gateway_python.closure import Closure, Use
from codegen.grpc_gateway_python.exact import ExactIntegers
from codegen.grpc_gateway_python.kinds import (
    JSON_TEXTUAL,
    TEXTUAL,
    is_map,
    is_null_value,
    json_reader_of,
    key_reader_of,
    map_fields,
    text_reader_of,
    well_known_of,
    wrapped_of,
    writer_of,
)
from codegen.grpc_gateway_python.names import Names, assignment, attribute, gateway_module
from codegen.grpc_gateway_python.options import Options


@dataclass(frozen=True)
class Source:
    """The expressions of a JSON value and of where it stands."""

    json: str
    place: str
    """The place of the message that has the value in a field."""
    name: str
    """The field's name."""
    message_place: str
    """The value's own place, for when it is a message."""

    @property
    def arguments(self) -> str:
        """What every reader takes."""
        return f"{self.json}, {self.place}, {self.name}"


class Fields:
    """Makes the code of fields in one module."""

    def __init__(
        self,
        names: dict[str, Names],
        closure: Closure,
        options: Options,
        exact: ExactIntegers,
        module: str,
    ) -> None:
        self._all_names = names
        self._names = names[module]
        self._closure = closure
        self._exact = exact
        self._json_names = options.json_names
        self._module = module
        self.enums: dict[str, EnumDescriptor] = {}
        """The enums that the code made so far uses."""

    @staticmethod
    def has_functions(message: Descriptor) -> bool:
        """Tells whether a message's functions are generated; the runtime has the others."""
        return not well_known_of(message) and wrapped_of(message) is None

    def function(self, use: Use, message: Descriptor) -> str:
        """Returns the name of a message's function, imported when another module holds it."""
        home = self._closure.home(message, self._module)
        name = self._all_names[home].own(use.value, message)
        if home == self._module:
            return name
        return f"{self._names.module(gateway_module(home))}.{name}"

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
        """Returns the line that reads a message, in a field unless it is the whole request."""
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

    def write(self, field: FieldDescriptor, owner: str) -> str:
        """Returns the expression that writes a field to JSON."""
        value = attribute(owner, field)
        if is_map(field):
            return self._write_map(field, value)
        if not field.is_repeated:
            return self._write_one(field, value, field)
        item = self._write_one(field, "each", field)
        return f"list({value})" if item == "each" else f"[{item} for each in {value}]"

    def _write_one(self, field: FieldDescriptor, value: str, declared: FieldDescriptor) -> str:
        if field.message_type:
            return self.write_message(field.message_type, value, declared)
        writer = self.writer(field, declared)
        return f"{writer}({value})" if writer else value

    def write_message(
        self, message: Descriptor, value: str, declared: FieldDescriptor | None = None
    ) -> str:
        """Returns the expression of a message in JSON, in a field unless it is the whole response."""
        if wrapped := wrapped_of(message):
            return self._write_one(wrapped, f"{value}.value", declared or wrapped)
        if well_known := well_known_of(message):
            suffix = "_json_names" if well_known == "any" and self._json_names else ""
            return f"{self._names.runtime(f'write_{well_known}{suffix}')}({value})"
        return f"{self.function(Use.WRITE, message)}({value})"

    def _write_map(self, field: FieldDescriptor, value: str) -> str:
        key, each = map_fields(field)
        item = self._write_one(each, f"{value}[key]", field)
        name = "key"
        if key.type == key.TYPE_BOOL:
            name = f"{self._names.runtime('write_bool_key')}(key)"
        elif key.type != key.TYPE_STRING:
            name = "str(key)"
        return f"{{{name}: {item} for key in sorted({value})}}"

    def read_text(self, field: FieldDescriptor, owner: str, text: str, name: str) -> str:
        """Returns the line that reads a field from a text, empty when no text can say it."""
        target = attribute(owner, field)
        message = field.message_type
        if message is None:
            value = f"{self.text_reader(field, field)}({text}, ROOT, {name})"
            return assignment(owner, field, value)
        return self._read_message_text(field, message, target, text, name)

    def _read_message_text(
        self, declared: FieldDescriptor, message: Descriptor, target: str, text: str, name: str
    ) -> str:
        self._names.runtime("ROOT")
        if wrapped := wrapped_of(message):
            return f"{target}.value = {self.text_reader(wrapped, declared)}({text}, ROOT, {name})"
        well_known = well_known_of(message)
        if well_known == "field_mask":
            return f"{self._names.runtime('read_field_mask_text')}({target}, {text}, ROOT, {name})"
        if well_known in TEXTUAL:
            return f"{self._names.runtime(f'read_{well_known}')}({target}, {text}, ROOT, {name})"
        if well_known in JSON_TEXTUAL:
            json = f"{self._names.runtime('from_json_text')}({text}, ROOT, {name})"
            return f"{self._names.runtime(f'read_{well_known}')}({target}, {json}, ROOT, {name})"
        return ""

    def read_texts(self, field: FieldDescriptor, owner: str, texts: str, name: str) -> list[str]:
        """Returns the lines that read a repeated field from several texts."""
        target = attribute(owner, field)
        if field.message_type is None:
            value = f"{self.text_reader(field, field)}(each, ROOT, {name})"
            return [f"{target}.extend({value} for each in {texts})"]
        line = self._read_message_text(field, field.message_type, f"{target}.add()", "each", name)
        return [f"for each in {texts}:", f"    {line}"] if line else []

    def read_entry(self, field: FieldDescriptor) -> str:
        """Returns the line that reads a map's entry from a parameter, empty when none can say it."""
        key, value = map_fields(field)
        entry = (
            f"message.{field.name}[{self._names.runtime(key_reader_of(key))}(key, ROOT, parameter)]"
        )
        text = "one(values, parameter)"
        if value.message_type is None:
            return f"{entry} = {self.text_reader(value, field)}({text}, ROOT, parameter)"
        return self._read_message_text(field, value.message_type, entry, text, "parameter")

    def reader(self, field: FieldDescriptor, declared: FieldDescriptor) -> str:
        """Returns the function that reads a scalar field from JSON."""
        if is_null_value(field):
            return self._names.runtime("read_null_value")
        if field.enum_type:
            return f"{self.enum(field.enum_type)}.read"
        return self._names.runtime(
            json_reader_of(field, number=self._exact.number(field, declared))
        )

    def text_reader(self, field: FieldDescriptor, declared: FieldDescriptor) -> str:
        """Returns the function that reads a scalar field from a parameter."""
        self._names.runtime("ROOT")
        if is_null_value(field):
            return self._names.runtime("read_null_value")
        if field.enum_type:
            return f"{self.enum(field.enum_type)}.read_text"
        return self._names.runtime(
            text_reader_of(field, number=self._exact.number(field, declared))
        )

    def writer(self, field: FieldDescriptor, declared: FieldDescriptor) -> str:
        """Returns the function that writes a scalar field to JSON, empty when none is needed."""
        if is_null_value(field):
            return self._names.runtime("write_null_value")
        if field.enum_type:
            return f"{self.enum(field.enum_type)}.write"
        writer = writer_of(field, number=self._exact.number(field, declared))
        return self._names.runtime(writer) if writer.startswith("write_") else writer

    def enum(self, enum: EnumDescriptor) -> str:
        """Returns the name of an enum's names, which every module keeps for itself."""
        self.enums[enum.full_name] = enum
        return self._names.own("", enum).upper()
