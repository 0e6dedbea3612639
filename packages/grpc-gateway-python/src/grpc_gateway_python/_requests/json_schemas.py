"""Compiled validators of the specification's JSON Schemas, built once at start-up."""

import re
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any, Final

import jsonschema_rs

from grpc_gateway_python._errors import StartError
from grpc_gateway_python.transcoding.violations import NAME_CHARACTERS_MAX
from rpc_contract.errors import FieldViolation

Schema = dict[str, Any]
Json = dict[str, Any]

PARAMETER_ONLY: Final = frozenset({"name", "in", "required", "description", "collectionFormat"})
REFERENCE: Final = "#/definitions/"
ENUM_NUMBERS: Final = "x-enum-numbers"
"""The specification's keyword for the numbers of an enum's values."""
VIOLATIONS_MAX: Final = 50
"""How many violations an error lists at most."""


class SpecificationError(StartError):
    """The specification contains an invalid schema, such as one with a broken pattern."""


class Validator:
    """Checks JSON against a schema. Its descriptions of violations never contain the input."""

    def __init__(self, schema: Schema, definitions: Mapping[str, Schema]) -> None:
        used = {name: _nullable(definitions[name]) for name in _used(schema, definitions)}
        whole = _with_enum_numbers({**_nullable(schema), "definitions": used})
        try:
            self._validator = jsonschema_rs.Draft4Validator(whole, validate_formats=True)
        except (jsonschema_rs.ValidationError, jsonschema_rs.ReferencingError) as error:
            raise SpecificationError(str(error).partition("\n")[0]) from None
        self.is_valid = self._validator.is_valid
        self._formats = dict(_formats(whole))

    def violations(self, value: object, prefix: str = "") -> Iterator[FieldViolation]:
        """Yields at most VIOLATIONS_MAX violations of the schema."""
        return islice(self._violations(value, prefix), VIOLATIONS_MAX)

    def _violations(self, value: object, prefix: str) -> Iterator[FieldViolation]:
        for error in self._validator.iter_errors(value):
            path = _path(prefix, error.instance_path)
            facts = error.kind.as_dict()
            for name, description in _descriptions(error.kind.name, facts, self._formats):
                yield FieldViolation(_join(path, name), description)


def parameters_schema(parameters: list[Schema]) -> Schema:
    """Returns the schema of an object with the parameters as members."""
    required = [parameter["name"] for parameter in parameters if parameter.get("required")]
    schemas = {
        parameter["name"]: {key: parameter[key] for key in parameter if key not in PARAMETER_ONLY}
        for parameter in parameters
    }
    schema: Schema = {
        "type": "object",
        "properties": schemas,
        # The specification has one parameter `name[type]` for a map; a request has `name[key]` for each entry.
        "patternProperties": {
            rf"^{re.escape(name.partition('[')[0])}\[.*\]$": schema
            for name, schema in schemas.items()
            if name.endswith("]")
        },
        "additionalProperties": False,
    }
    # Draft 4 of JSON Schema doesn't allow `required` to be empty.
    return schema | {"required": required} if required else schema


def _used(schema: Any, definitions: Mapping[str, Schema]) -> set[str]:
    """Returns the names of the definitions that a schema refers to, directly or through others."""
    used: set[str] = set()
    todo = [schema]
    while todo:
        node = todo.pop()
        if isinstance(node, list):
            todo.extend(node)
        elif isinstance(node, Mapping):
            name = str(node.get("$ref", "")).removeprefix(REFERENCE)
            if name in definitions and name not in used:
                used.add(name)
                todo.append(definitions[name])
            todo.extend(node.values())
    return used


def _nullable(node: Any) -> Any:
    """Replaces OpenAPI 2's `x-nullable` by JSON Schema's type `null`."""
    if isinstance(node, list):
        return [_nullable(item) for item in node]
    if not isinstance(node, Mapping):
        return node
    copy = {key: _nullable(value) for key, value in node.items()}
    if copy.pop("x-nullable", None) is not True:
        return copy
    if "type" not in copy:
        return {"anyOf": [copy, {"type": "null"}]}
    if "enum" in copy:
        copy["enum"] = [*copy["enum"], None]
    return copy | {"type": [copy["type"], "null"]}


def _with_enum_numbers(node: Any) -> Any:
    """Allows the numbers of an enum's values besides their names; OpenAPI 2 can't express both."""
    if isinstance(node, list):
        return [_with_enum_numbers(item) for item in node]
    if not isinstance(node, Mapping):
        return node
    copy = {key: _with_enum_numbers(value) for key, value in node.items()}
    numbers = copy.pop(ENUM_NUMBERS, None)
    if isinstance(numbers, list) and "enum" in copy:
        copy["enum"] = [*copy["enum"], *numbers]
        copy.pop("type", None)
    return copy


def _formats(node: Any) -> Iterator[tuple[str, str]]:
    """Yields the pattern and the format of every schema that has both, such as the schema of an id."""
    if isinstance(node, Mapping):
        match node:
            case {"pattern": str(pattern), "format": str(name)}:
                yield pattern, name
        node = node.values()
    elif not isinstance(node, list):
        return
    for item in node:
        yield from _formats(item)


def _path(prefix: str, steps: list[str | int]) -> str:
    path = prefix
    for step in steps:
        path = f"{path}[{step}]" if isinstance(step, int) else _join(path, step)
    return path


def _join(path: str, name: str) -> str:
    name = name[:NAME_CHARACTERS_MAX]
    return f"{path}.{name}" if path and name else path or name


def _descriptions(kind: str, facts: Json, formats: Mapping[str, str]) -> list[tuple[str, str]]:
    """Returns pairs of a member's name (empty for the value itself) and the description of its violation."""
    if kind == "required":
        return [(facts["property"], "is required")]
    if kind == "additionalProperties":
        return [(name, "is not known") for name in facts["unexpected"]]
    if kind == "type":
        types = [TYPES.get(name, name) for name in facts["types"]]
        return [("", f"must be {' or '.join(types)}")]
    if kind == "enum":
        names = [option for option in facts["options"] if isinstance(option, str)]
        options = names or [str(option) for option in facts["options"] if option is not None]
        return [("", f"must be one of {', '.join(options)}")]
    if kind == "pattern" and (name := formats.get(facts["pattern"])):
        return [("", f"{RULES['format'].format(format=name)}: {facts['pattern']}")]
    return [("", RULES.get(kind, f"breaks the rule {kind}").format_map(facts))]


TYPES: Final = {
    "string": "a string",
    "integer": "an integer",
    "number": "a number",
    "boolean": "true or false",
    "object": "an object",
    "array": "an array",
    "null": "null",
}
RULES: Final = {
    "format": "must be a valid {format}",
    "maxItems": "must have at most {limit} items",
    "maxLength": "must have at most {limit} characters",
    "maxProperties": "must have at most {limit} members",
    "maximum": "must be at most {limit}",
    "minItems": "must have at least {limit} items",
    "minLength": "must have at least {limit} characters",
    "minProperties": "must have at least {limit} members",
    "minimum": "must be at least {limit}",
    "anyOf": "has a wrong type or value",
    "exclusiveMaximum": "must be less than {limit}",
    "exclusiveMinimum": "must be greater than {limit}",
    "multipleOf": "must be a multiple of {multiple_of}",
    "pattern": "must match {pattern}",
    "uniqueItems": "must not have equal items",
}
"""Keyword of JSON Schema → the description of a value that violates it."""
