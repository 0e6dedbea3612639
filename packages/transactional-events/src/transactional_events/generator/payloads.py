"""Messages as JSON Schema: how an event reads when it is shown to people."""

from typing import Any

from google.protobuf.descriptor import Descriptor, FieldDescriptor

from protoc_plugin_kit.contracts import Contracts
from protoc_plugin_kit.field_rules import FieldRules, map_entry
from rpc_contract.generator.known_values import known_values
from transactional_events.generator.schema_text import SCALARS

Json = dict[str, Any]

RULES_FILE = "buf/validate/validate.proto"
RULES_OPTION = "buf.validate.field"
# Protobuf's JSON mapping, with bounded 64-bit integers as numbers.
WELL_KNOWN: dict[str, Json] = {
    "google.protobuf.Timestamp": {"type": "string", "format": "date-time"},
    "google.protobuf.Duration": {"type": "string", "examples": ["1.500s"]},
    "google.protobuf.FieldMask": {"type": "string"},
    "google.protobuf.Struct": {"type": "object"},
    "google.protobuf.Any": {"type": "object"},
    "google.protobuf.ListValue": {"type": "array", "items": {}},
    "google.protobuf.Value": {},
    "google.protobuf.BoolValue": {"type": "boolean"},
    "google.protobuf.StringValue": {"type": "string"},
    "google.protobuf.BytesValue": {"type": "string"},
    "google.protobuf.FloatValue": {"type": "number"},
    "google.protobuf.DoubleValue": {"type": "number"},
    "google.protobuf.Int32Value": {"type": "integer"},
    "google.protobuf.UInt32Value": {"type": "integer"},
    "google.protobuf.Int64Value": {"type": "string", "format": "int64"},
    "google.protobuf.UInt64Value": {"type": "string", "format": "uint64"},
}
NESTED = ("items", "additionalProperties")
EXCLUSIVE = {"minimum": "exclusiveMinimum", "maximum": "exclusiveMaximum"}
"""Bound → the keyword that excludes it: true in OpenAPI, and the bound itself in JSON Schema draft 7."""
TYPES = {
    FieldDescriptor.CPPTYPE_BOOL: "boolean",
    FieldDescriptor.CPPTYPE_STRING: "string",
    FieldDescriptor.CPPTYPE_FLOAT: "number",
    FieldDescriptor.CPPTYPE_DOUBLE: "number",
}


class Payloads:
    """Describes messages by their fields, comments and validation rules."""

    def __init__(self, contracts: Contracts) -> None:
        self._contracts = contracts
        self._rules = FieldRules(wide_as_text=False)
        self._has_rules = RULES_FILE in {file.name for file in contracts.request.proto_file}
        self._around: list[Descriptor] = []
        """The messages that are being described, the outermost first."""

    def message(self, message: Descriptor, *, without: str = "") -> Json:
        """Returns the schema of a message, without the fields of one oneof."""
        fields = [
            field
            for field in message.fields
            if field.containing_oneof is None or field.containing_oneof.name != without
        ]
        return {
            "type": "object",
            "description": self._comment(message.full_name),
            "properties": {field.name: self.field(field) for field in fields},
            "required": [field.name for field in fields if self._is_required(field)],
        }

    def field(self, field: FieldDescriptor) -> Json:
        """Returns the schema of a field."""
        translation = self._rules.translate(field, self._rules_of(field))
        comment = " ".join(
            [self._comment(field.full_name), *(f"It {sentence}" for sentence in translation.prose)]
        )
        keywords = _draft_7(translation.keywords)
        if known := known_values(self._contracts, field):
            keywords["x-extensible-enum"] = [value.name for value in known]
        keywords["x-protobuf-type"] = wire_type(field)
        return self._repeated(field, {"description": comment.strip(), **keywords})

    def _is_required(self, field: FieldDescriptor) -> bool:
        rules = self._rules_of(field)
        return not field.has_presence or (rules is not None and rules.required)

    def _rules_of(self, field: FieldDescriptor) -> Any:
        """Returns the field's rules; None where there are none, or no file that imports them."""
        if not self._has_rules:
            return None
        rules = self._contracts.option(field, RULES_OPTION)
        return rules if rules.ByteSize() else None

    def _repeated(self, field: FieldDescriptor, schema: Json) -> Json:
        if entry := map_entry(field):
            values = self._one(entry.fields_by_name["value"])
            of_values = values | schema.get("additionalProperties", {})
            return {"type": "object", **schema, "additionalProperties": of_values}
        if field.is_repeated:
            items = self._one(field) | schema.get("items", {})
            return {"type": "array", **schema, "items": items}
        return self._one(field) | schema

    def _one(self, field: FieldDescriptor) -> Json:
        if field.message_type is not None:
            known = WELL_KNOWN.get(field.message_type.full_name)
            return dict(known) if known is not None else self._inner(field.message_type)
        if field.enum_type is not None:
            return {"type": "string", "enum": [value.name for value in field.enum_type.values]}
        return {"type": TYPES.get(field.cpp_type, "integer")}

    def _inner(self, message: Descriptor) -> Json:
        if message in self._around:
            return {"type": "object", "description": f"{message.name} again."}
        self._around.append(message)
        try:
            return self.message(message)
        finally:
            self._around.pop()

    def _comment(self, name: str) -> str:
        return self._contracts.comments.get(name, "")


def _draft_7(keywords: Json) -> Json:
    """Returns keywords of OpenAPI as those of JSON Schema draft 7, which AsyncAPI has, without extensions."""
    found = {
        name: _draft_7(value) if name in NESTED else value
        for name, value in keywords.items()
        if not name.startswith("x-")
    }
    for bound, exclusive in EXCLUSIVE.items():
        if found.get(exclusive):
            found[exclusive] = found.pop(bound)
    if "example" in found:
        found["examples"] = [found.pop("example")]
    return found


def wire_type(field: FieldDescriptor) -> str:
    """Returns the type of a field as its contract writes it, with the full names of messages and enums."""
    if entry := map_entry(field):
        key, value = entry.fields
        return f"map<{wire_type(key)}, {wire_type(value)}>"
    named = field.message_type or field.enum_type
    name = named.full_name if named is not None else SCALARS[field.type]
    return f"repeated {name}" if field.is_repeated else name
