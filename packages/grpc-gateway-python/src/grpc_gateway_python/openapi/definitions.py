"""Refines the definitions: the members that requests must have and that responses always have.

A message that requests and responses share becomes two definitions. The request's definition is closed: an unknown
member is an error. The response's definition is open: clients must accept members that later versions add (AIP-180).
"""

import copy
import enum
import re
from collections.abc import Callable

from google.protobuf.descriptor import Descriptor, FieldDescriptor

from grpc_gateway_python._contracts.annotations import INPUT_ONLY, OUTPUT_ONLY, Annotations
from grpc_gateway_python.openapi.document import DEFINITIONS, NUMBERS, Json, closure
from grpc_gateway_python.openapi.known_values import extensible, values_definition
from protoc_plugin_kit.field_rules import is_unspecified, map_entry
from rpc_contract.generator.known_values import known_values


class Role(enum.Enum):
    """Whether a message is part of a request or of a response."""

    REQUEST = enum.auto()
    RESPONSE = enum.auto()


class Definitions:
    """Builds the refined definitions from those of protoc-gen-openapiv2 that operations refer to."""

    def __init__(
        self,
        contract: Annotations,
        raw: Json,
        bodies: dict[str, Descriptor],
        roots: dict[Role, set[str]],
    ) -> None:
        self._contract = contract
        self._raw = raw
        self._messages = bodies
        self._known_values: Json = {}
        self._reached = {role: closure(raw, names) for role, names in roots.items()}

    def build(self) -> Json:
        """Returns every definition that an operation reaches, sorted by name."""
        refined = {
            self._name(name, role): self._definition(name, role)
            for role, names in self._reached.items()
            for name in names
        }
        return dict(sorted((refined | self._known_values).items()))

    def schema(self, schema: Json, field: FieldDescriptor | None, role: Role) -> Json:
        """Returns the schema of a field's value in a body."""
        refined = self._rename(schema, role)
        if field is None:
            return refined
        if "properties" in refined and field.message_type is not None:
            return refined | self._object(schema, field.message_type, role)
        refined = with_keywords(refined, self._contract.rules(field).keywords)
        refined |= self._extensible(field)
        if field.enum_type is not None:
            without_unspecified(refined, field)
        if role is Role.REQUEST:
            add_numbers(refined, field)
        if role is Role.REQUEST and not self._contract.is_required(field):
            # Protobuf's JSON mapping reads null as an absent member.
            refined = with_keywords(refined, {"x-nullable": True})
            if "enum" in refined:
                refined["enum"] = [*refined["enum"], None]
        return refined

    def _extensible(self, field: FieldDescriptor) -> Json:
        """Returns the keywords of a string field with known values, and adds the definition of these values."""
        values = known_values(self._contract.contracts, field)
        if not values:
            return {}
        comments = self._contract.contracts.comments
        texts = {
            value.name: comments.get(f"{value.type.full_name}.{value.name}", "") for value in values
        }
        name = values[0].type.full_name
        self._known_values[name] = values_definition(comments.get(name, ""), texts)
        return extensible(name, texts)

    def _name(self, name: str, role: Role) -> str:
        shared = name in self._reached[Role.REQUEST] and name in self._reached[Role.RESPONSE]
        split = shared and role is Role.REQUEST and self._message(name) is not None
        return f"{name}Input" if split else name

    def _message(self, name: str) -> Descriptor | None:
        if name.startswith("google.protobuf."):
            return None  # protoc-gen-openapiv2 knows the special JSON forms
        return self._messages.get(name) or self._contract.message(name)

    def _definition(self, name: str, role: Role) -> Json:
        raw = self._raw[name]
        message = self._message(name)
        if message is not None:
            return {**self._rename(raw, role), **self._object(raw, message, role)}
        return self._enum(name, raw) if "enum" in raw else self._rename(raw, role)

    def _object(self, raw: Json, message: Descriptor, role: Role) -> Json:
        hidden = OUTPUT_ONLY if role is Role.REQUEST else INPUT_ONLY
        properties: Json = {}
        required = []
        for name, schema in raw.get("properties", {}).items():
            field = self._contract.field(message, name)
            if field is not None and hidden in self._contract.behaviors(field):
                continue
            properties[name] = self.schema(schema, field, role)
            if field is not None and self._is_required(field, role):
                required.append(name)
        refined: Json = {"properties": properties, "required": required}
        if not required:
            del refined["required"]
            raw.pop("required", None)
        if role is Role.REQUEST:
            refined["additionalProperties"] = False
        return refined

    def _is_required(self, field: FieldDescriptor, role: Role) -> bool:
        if role is Role.REQUEST:
            return self._contract.is_required(field)
        return self._contract.is_always_present(field)

    def _enum(self, name: str, raw: Json) -> Json:
        kind = self._contract.contracts.pool.FindEnumTypeByName(name)
        refined = copy.deepcopy(raw)
        for value in raw["enum"]:
            if is_unspecified(kind, value):
                refined["enum"].remove(value)
                refined.pop("default", None)
                refined["description"] = without_value(refined.get("description", ""), value)
        if name in self._reached[Role.REQUEST]:
            refined[NUMBERS] = [kind.values_by_name[value].number for value in refined["enum"]]
        return refined

    def _rename(self, node: Json, role: Role) -> Json:
        refined = copy.deepcopy(node)
        _visit(refined, lambda name: self._name(name, role))
        return refined


def with_keywords(schema: Json, keywords: Json) -> Json:
    """Returns the schema with the keywords added, to its items and members too."""
    if keywords and "$ref" in schema:
        schema = {"allOf": [schema]}
    for keyword, value in keywords.items():
        if keyword in ("items", "additionalProperties"):
            schema[keyword] = with_keywords(schema.get(keyword, {}), value)
        else:
            schema[keyword] = value
    return schema


def without_unspecified(schema: Json, field: FieldDescriptor) -> None:
    """Removes the enum value that means "not set", because JSON leaves out the member instead."""
    if field.enum_type is None:
        return
    for place in (schema, schema.get("items", {})):
        if is_unspecified(field.enum_type, place.get("default", "")):
            del place["default"]
        for value in [
            value for value in place.get("enum", []) if is_unspecified(field.enum_type, value)
        ]:
            place["enum"].remove(value)
            schema["description"] = without_value(schema.get("description", ""), value)


def add_numbers(schema: Json, field: FieldDescriptor) -> None:
    """Lists the numbers that a request may contain instead of an enum's names (Protobuf's JSON mapping)."""
    entry = map_entry(field)
    enum = entry.fields_by_name["value"].enum_type if entry else field.enum_type
    if enum is None:
        return
    for place in (schema, schema.get("items", {}), schema.get("additionalProperties", {})):
        if isinstance(place, dict) and "enum" in place:
            place[NUMBERS] = [enum.values_by_name[name].number for name in place["enum"]]


def without_value(description: str, value: str) -> str:
    """Returns the description without the line about the enum value that protoc-gen-openapiv2 adds."""
    return re.sub(rf"\n - {re.escape(value)}(:[^\n]*)?", "", description)


def _visit(node: object, rename: Callable[[str], str]) -> None:
    if isinstance(node, dict):
        target = node.get("$ref")
        if isinstance(target, str):
            node["$ref"] = DEFINITIONS + rename(target.removeprefix(DEFINITIONS))
        for value in node.values():
            _visit(value, rename)
    elif isinstance(node, list):
        for value in node:
            _visit(value, rename)
