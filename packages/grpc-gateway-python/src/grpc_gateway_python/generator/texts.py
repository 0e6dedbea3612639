"""Generates the lines that read fields from texts in paths and queries."""

from google.protobuf.descriptor import Descriptor, FieldDescriptor

from grpc_gateway_python._contracts.kinds import (
    JSON_TEXTUAL,
    TEXTUAL,
    has_text,
    is_map,
    key_reader_of,
    map_fields,
    well_known_of,
    wrapped_of,
)
from grpc_gateway_python.generator.functions import Functions
from grpc_gateway_python.generator.names import assignment, attribute


class TextReading(Functions):
    """Generates the code that reads texts."""

    def read_text(self, field: FieldDescriptor, owner: str, text: str, name: str) -> str:
        """Returns the line that reads a field from a text, or an empty line if the field has no text form."""
        target = attribute(owner, field)
        message = field.message_type
        if message is None:
            value = f"{self.text_reader(field, field)}({text}, ROOT, {name})"
            return assignment(owner, field, value)
        return self._read_message_text(field, message, target, text, name)

    def _read_message_text(
        self, declared: FieldDescriptor, message: Descriptor, target: str, text: str, name: str
    ) -> str:
        if has_text(declared) or is_map(declared):
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
            value = f"{self.text_reader(field, field)}(item, ROOT, {name})"
            return [f"{target}.extend({value} for item in {texts})"]
        line = self._read_message_text(field, field.message_type, f"{target}.add()", "item", name)
        return [f"for item in {texts}:", f"    {line}"] if line else []

    def read_entry(self, field: FieldDescriptor) -> str:
        """Returns the line that reads a map entry from a parameter, or an empty line if the value has no text form."""
        key, value = map_fields(field)
        if not has_text(value):
            return ""
        read_key = self._names.runtime(key_reader_of(key))
        entry = f"{attribute('message', field)}[{read_key}(key, ROOT, parameter)]"
        text = f"{self._names.runtime('one')}(values, parameter)"
        if value.message_type is None:
            return f"{entry} = {self.text_reader(value, field)}({text}, ROOT, parameter)"
        return self._read_message_text(field, value.message_type, entry, text, "parameter")
