"""Generates the expressions that write fields to JSON."""

from google.protobuf.descriptor import Descriptor, FieldDescriptor

from grpc_gateway_python._contracts.kinds import is_map, map_fields, well_known_of, wrapped_of
from grpc_gateway_python.generator.closure import Use
from grpc_gateway_python.generator.functions import Functions
from grpc_gateway_python.generator.names import attribute


class JsonWriting(Functions):
    """Generates the code that writes JSON."""

    def write(self, field: FieldDescriptor, owner: str) -> str:
        """Returns the expression that writes a field to JSON."""
        value = attribute(owner, field)
        if is_map(field):
            return self._write_map(field, value)
        if not field.is_repeated:
            return self._write_one(field, value, field)
        written = self._write_one(field, "item", field)
        return f"list({value})" if written == "item" else f"[{written} for item in {value}]"

    def _write_one(self, field: FieldDescriptor, value: str, declared: FieldDescriptor) -> str:
        if field.message_type:
            return self.write_message(field.message_type, value, declared)
        writer = self.writer(field, declared)
        return f"{writer}({value})" if writer else value

    def write_message(
        self, message: Descriptor, value: str, declared: FieldDescriptor | None = None
    ) -> str:
        """Returns the JSON expression of a message: a field's value, or the whole response if `declared` is None."""
        if wrapped := wrapped_of(message):
            return self._write_one(wrapped, f"{value}.value", declared or wrapped)
        if well_known := well_known_of(message):
            suffix = "_json_names" if well_known == "any" and self._json_names else ""
            return f"{self._names.runtime(f'write_{well_known}{suffix}')}({value})"
        return f"{self.function(Use.WRITE, message)}({value})"

    def _write_map(self, field: FieldDescriptor, value: str) -> str:
        key, entry = map_fields(field)
        written = self._write_one(entry, f"{value}[key]", field)
        name = "key"
        if key.type == key.TYPE_BOOL:
            name = f"{self._names.runtime('write_bool_key')}(key)"
        elif key.type != key.TYPE_STRING:
            name = "str(key)"
        return f"{{{name}: {written} for key in sorted({value})}}"
