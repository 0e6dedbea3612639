"""Examples of messages are composed from those of their fields, and fit their schema."""

import pytest

from grpc_gateway_python.openapi.document import Json
from grpc_gateway_python.openapi.examples import MISSING, Examples

TEXT = {"type": "string", "example": "hello"}


def compose(schema: Json, **definitions: Json) -> object:
    return Examples(definitions).compose(schema)


@pytest.mark.parametrize(
    ("schema", "example"),
    [
        (TEXT, "hello"),
        ({"type": "string"}, ""),
        ({"type": "string", "enum": ["A", "B"]}, "A"),
        (
            {"type": "string", "format": "uuid", "pattern": "^[0-9a-f-]{36}$"},
            "0b5f2a68-2c6b-4b8f-9d0e-6c6f0d6b1a11",
        ),
        ({"type": "string", "format": "uuid", "pattern": "x"}, MISSING),
        ({"type": "string", "format": "email", "pattern": "^someone"}, "someone@example.com"),
        ({"type": "string", "format": "email", "pattern": "^team-"}, MISSING),
        ({"type": "string", "format": "uri", "maxLength": 5}, MISSING),
        ({"type": "string", "format": "uri-reference", "minLength": 1}, MISSING),
        ({"type": "integer", "minimum": 3}, 3),
        ({"type": "integer", "maximum": -3}, -3),
        ({"type": "integer", "minimum": -3, "maximum": 3}, 0),
        ({"type": "boolean"}, False),
        ({"type": "array", "items": TEXT}, ["hello"]),
        ({"type": "array", "items": TEXT, "minItems": 2}, ["hello", "hello"]),
        ({"type": "string", "minLength": 1}, MISSING),
        ({"type": "string", "pattern": "^a$"}, MISSING),
        ({"type": "array", "items": TEXT, "minItems": 2, "uniqueItems": True}, MISSING),
    ],
)
def test_value(schema: Json, example: object) -> None:
    assert compose(schema) == example


def test_object_has_required_members_and_those_with_an_example() -> None:
    members: Json = {
        "a": {"type": "integer"},
        "b": TEXT,
        "c": {"type": "integer"},
        "d": {**TEXT, "readOnly": True},
    }
    schema = {"type": "object", "required": ["a"], "properties": members}
    assert compose(schema) == {"a": 0, "b": "hello"}


def test_object_without_a_required_example_has_none() -> None:
    members = {"a": {"type": "string", "minLength": 1}}
    assert compose({"type": "object", "required": ["a"], "properties": members}) is MISSING


def test_references_are_followed_and_recursion_ends() -> None:
    node: Json = {
        "type": "object",
        "required": ["name", "children"],
        "properties": {
            "name": {"allOf": [{"$ref": "#/definitions/Name"}]},
            "children": {"type": "array", "items": {"$ref": "#/definitions/Node"}},
        },
    }
    assert compose({"$ref": "#/definitions/Node"}, Node=node, Name=TEXT) == {
        "name": "hello",
        "children": [],
    }
