"""The functions of one message: read it from JSON, set its fields from parameters, write it to JSON."""

from dataclasses import dataclass
from typing import Any, Final

from google.protobuf.descriptor import Descriptor, FieldDescriptor

from grpc_gateway_python._contracts.kinds import choice_of, is_map, takes_null, well_known_of
from grpc_gateway_python.generator.closure import Use
from grpc_gateway_python.generator.fields import Fields
from grpc_gateway_python.generator.names import Names, attribute
from grpc_gateway_python.generator.reading import Source
from protoc_plugin_kit.contracts import Contracts

MEMBER: Final = Source("value", "place", "name", "place.member(name)")
ONE: Final = "one"
"""The runtime's function that returns the only value of a parameter."""
FIELD_BEHAVIOR: Final = "google.api.field_behavior"


@dataclass(frozen=True)
class Case:
    """A field and the lines of code that handle it."""

    name: str
    lines: list[str]


@dataclass(frozen=True)
class OptionalWrite:
    """The code that writes a field if it is set."""

    field: str
    json_name: str
    value: str
    """The JSON expression."""
    time: str = ""
    """The field's value, if it is a Timestamp: seconds other than 0 show that it is set, faster than `HasField`."""


@dataclass(frozen=True)
class MessageCode:
    """The template's values for a message."""

    name: str
    python_type: str
    fields: str
    """The name of the constant that maps the fields' spellings."""
    spellings: dict[str, str]
    nulls: list[str]
    """The fields for which null is a value."""
    reads: list[Case] | None
    sets: list[Case] | None
    nested_sets: list[Case] | None
    entry_sets: list[Case] | None
    writes: list[tuple[str, str]] | None
    optional_writes: list[OptionalWrite] | None
    functions: dict[str, str]

    @property
    def nulls_name(self) -> str:
        """The name of the constant with the fields for which null is a value."""
        return self.fields.removesuffix("_FIELDS") + "_NULLS"


class Messages:
    """Generates the code of messages in one module."""

    def __init__(
        self, contracts: Contracts, names: Names, fields: Fields, *, json_names: bool
    ) -> None:
        self._contracts = contracts
        self._names = names
        self._fields = fields
        self._json_names = json_names

    def code(self, message: Descriptor, uses: set[Use]) -> MessageCode:
        """Returns the code of one message."""
        reads = Use.READ in uses
        sets = Use.SET in uses
        writes = Use.WRITE in uses
        if reads:
            self._names.runtime("Place")
            self._names.runtime("members")
        if sets:
            self._names.runtime("unknown_parameter")
        return MessageCode(
            name=message.full_name,
            python_type=self._names.python_type(message),
            fields=self._names.own("", message).upper() + "_FIELDS" if reads or sets else "",
            spellings=_spellings(message),
            nulls=[field.name for field in message.fields if reads and takes_null(field)],
            reads=[self._read_case(field) for field in message.fields] if reads else None,
            sets=self._set_cases(message) if sets else None,
            nested_sets=self._nested_set_cases(message) if sets else None,
            entry_sets=self._entry_set_cases(message) if sets else None,
            writes=self._writes(message) if writes else None,
            optional_writes=self._optional_writes(message) if writes else None,
            functions={use.value: self._names.own(use.value, message) for use in uses},
        )

    def _read_case(self, field: FieldDescriptor) -> Case:
        if self._is_output_only(field):
            return Case(field.name, [f"{self._names.runtime('reject_output_only')}(place, name)"])
        lines = []
        if oneof := choice_of(field):
            chosen = f'message.WhichOneof("{oneof}")'
            reject = self._names.runtime("reject_second_choice")
            lines.append(f"{reject}({chosen}, place, name)")
        return Case(field.name, [*lines, *self._fields.read(field, MEMBER)])

    def _set_cases(self, message: Descriptor) -> list[Case]:
        cases = []
        for field in message.fields:
            if self._is_output_only(field) or is_map(field):
                continue
            if field.is_repeated:
                lines = self._fields.read_texts(field, "message", "values", "parameter")
            else:
                text = f"{ONE}(values, parameter)"
                line = self._fields.read_text(field, "message", text, "parameter")
                lines = [line] if line else []
                if line:
                    self._names.runtime(ONE)
            if lines:
                cases.append(Case(field.name, [*self._second_choice(field), *lines]))
        return cases

    def _nested_set_cases(self, message: Descriptor) -> list[Case]:
        cases = []
        for field in message.fields:
            if field.message_type is None or field.is_repeated or self._is_output_only(field):
                continue
            if self._fields.has_functions(field.message_type):
                function = self._fields.function(Use.SET, field.message_type)
                line = f"{function}({attribute('message', field)}, rest, values, parameter)"
                cases.append(Case(field.name, [*self._second_choice(field, nested=True), line]))
        return cases

    def _entry_set_cases(self, message: Descriptor) -> list[Case]:
        cases = [
            Case(field.name, [line])
            for field in message.fields
            if is_map(field)
            and not self._is_output_only(field)
            and (line := self._fields.read_entry(field))
        ]
        if cases:
            self._names.runtime("map_entry")
        return cases

    def _second_choice(self, field: FieldDescriptor, *, nested: bool = False) -> list[str]:
        oneof = choice_of(field)
        if not oneof:
            return []
        chosen = f'message.WhichOneof("{oneof}")'
        reject = self._names.runtime("reject_second_choice")
        check = f"{reject}({chosen}, {self._names.runtime('ROOT')}, parameter)"
        if not nested:
            return [check]
        return [f'if {chosen} != "{field.name}":', f"    {check}"]

    def _writes(self, message: Descriptor) -> list[tuple[str, str]]:
        return [
            (self._json_name(field), self._fields.write(field, "message"))
            for field in message.fields
            if not field.has_presence
        ]

    def _optional_writes(self, message: Descriptor) -> list[OptionalWrite]:
        return [self._optional_write(field) for field in message.fields if field.has_presence]

    def _optional_write(self, field: FieldDescriptor) -> OptionalWrite:
        name = self._json_name(field)
        if field.message_type and well_known_of(field.message_type) == "timestamp":
            write = self._names.runtime("write_time")
            value = f"{write}(seconds, time.nanos)"
            return OptionalWrite(field.name, name, value, time=attribute("message", field))
        return OptionalWrite(field.name, name, self._fields.write(field, "message"))

    def _json_name(self, field: FieldDescriptor) -> str:
        return field.json_name if self._json_names else field.name

    def _is_output_only(self, field: FieldDescriptor) -> bool:
        try:
            extension: Any = self._contracts.pool.FindExtensionByName(FIELD_BEHAVIOR)
        except KeyError:
            return False
        output_only = extension.enum_type.values_by_name["OUTPUT_ONLY"].number
        return output_only in self._contracts.option(field, FIELD_BEHAVIOR)


def _spellings(message: Descriptor) -> dict[str, str]:
    own = {field.name: field.name for field in message.fields}
    return {field.json_name: field.name for field in message.fields} | own
