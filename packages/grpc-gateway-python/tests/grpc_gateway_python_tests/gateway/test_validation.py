"""Requests against a specification's rules."""

from typing import Any

import pytest

from grpc_gateway_python._requests.json_schemas import VIOLATIONS_MAX, SpecificationError
from grpc_gateway_python._requests.validation import validators_of

OPERATION: dict[str, Any] = {
    "operationId": "Do",
    "parameters": [
        {"name": "id", "in": "path", "required": True, "type": "integer", "minimum": 1},
        {
            "name": "ids",
            "in": "path",
            "required": True,
            "type": "array",
            "items": {"type": "number"},
        },
        {
            "name": "tag",
            "in": "query",
            "type": "array",
            "items": {"type": "string", "maxLength": 3},
            "collectionFormat": "multi",
        },
        {"name": "size", "in": "query", "type": "integer", "maximum": 9},
        {"name": "must", "in": "query", "type": "boolean", "required": True},
        {"name": "labels[string]", "in": "query", "type": "integer"},
        {
            "name": "enum",
            "in": "query",
            "type": "string",
            "enum": ["A", "B"],
            "x-enum-numbers": [1, 5],
        },
        {"name": "X-Key", "in": "header", "type": "string", "minLength": 2, "pattern": "^[!-~]+$"},
        {"name": "body", "in": "body", "required": True, "schema": {"$ref": "#/definitions/Thing"}},
    ],
}
DEFINITIONS: dict[str, Any] = {
    "Thing": {
        "type": "object",
        "required": ["name"],
        "additionalProperties": False,
        "properties": {
            "name": {"type": "string", "maxLength": 3},
            "kind": {"type": "string", "enum": ["A", "B"], "x-nullable": True},
            "key": {"type": "string", "format": "uuid", "pattern": "^[0-9a-f-]{36}$"},
            "x-nullable": {"type": "string"},
            "enum": {"type": "string", "enum": ["A", "B"], "x-enum-numbers": [1, 5]},
            "parts": {"type": "array", "items": {"$ref": "#/definitions/Thing"}, "maxItems": 1},
        },
    },
    "Unused": {"pattern": "{1, 3}("},
}
GOOD_QUERY = {"must": ["true"]}


def violations(
    *,
    path: tuple[str, str] = ("7", "1,2.5"),
    query: dict[str, list[str]] | None = None,
    headers: list[tuple[bytes, bytes]] | None = None,
    body: Any = None,
) -> dict[str, str]:
    specification = {"paths": {"/{id}/{ids}": {"post": OPERATION}}, "definitions": DEFINITIONS}
    validator = validators_of(specification)["Do"]
    error = validator.error(
        list(path), GOOD_QUERY | (query or {}), headers or [], body or {"name": "x"}, "*"
    )
    return (
        {violation.field: violation.description for violation in error.error.violations}
        if error
        else {}
    )


@pytest.mark.parametrize(
    "request_parts",
    [
        {},
        {"query": {"size": ["9"], "tag": ["a", "bcd"], "labels[a.b]": ["1"]}},
        {"headers": [(b"x-key", b"ab"), (b"other", b"")]},
        {"query": {"enum": ["5"]}, "body": {"name": "x", "enum": 5}},
        {"query": {"enum": ["B"]}, "body": {"name": "x", "enum": "B"}},
        {"body": {"name": "abc", "kind": None, "parts": [{"name": "x"}]}},
    ],
)
def test_a_request_that_the_rules_allow_is_accepted(request_parts: dict[str, Any]) -> None:
    assert violations(**request_parts) == {}


@pytest.mark.parametrize(
    ("request_parts", "expected"),
    [
        ({"path": ("0", "1")}, {"id": "must be at least 1"}),
        ({"path": ("x", "1")}, {"id": "must be an integer"}),
        ({"path": ("1", "1,x")}, {"ids[1]": "must be a number"}),
        ({"query": {"size": ["1", "2"]}}, {"size": "must be given once"}),
        (
            {"query": {"size": ["10"], "tag": ["a", "bcde"]}},
            {"size": "must be at most 9", "tag[1]": "must have at most 3 characters"},
        ),
        ({"query": {"must": ["1"]}}, {"must": "must be true or false"}),
        ({"query": {"nonsense": ["1"]}}, {"nonsense": "is not known"}),
        ({"query": {"labels[a]": ["x"]}}, {"labels[a]": "must be an integer"}),
        (
            {"query": {"enum": ["2"]}, "body": {"name": "x", "enum": "5"}},
            dict.fromkeys(["enum"], "must be one of A, B"),
        ),
        ({"body": {"name": "x", "kind": 1}}, {"kind": "must be one of A, B"}),
        ({"headers": [(b"x-key", b"a")]}, {"X-Key": "must have at least 2 characters"}),
        ({"headers": [(b"x-key", b"ab")] * 2}, {"X-Key": "must be given once"}),
        ({"headers": [(b"x-key", b"a\xe4")]}, {"X-Key": "must match ^[!-~]+$"}),
        ({"body": {"kind": "A"}}, {"name": "is required"}),
        (
            {"body": {"name": "x", "key": "7"}},
            {"key": "must be a valid uuid: ^[0-9a-f-]{36}$"},
        ),
        ({"body": {"name": "x", "kind": "C"}}, {"kind": "must be one of A, B"}),
        (
            {"body": {"name": "x", "parts": [{"name": "long"}]}},
            {"parts[0].name": "must have at most 3 characters"},
        ),
        ({"body": {"name": "x", "secret-value": 1}}, {"secret-value": "is not known"}),
        ({"body": [1]}, {"": "must be an object"}),
    ],
)
def test_a_violated_rule_names_its_field(
    request_parts: dict[str, Any], expected: dict[str, str]
) -> None:
    assert violations(**request_parts) == expected


def test_violations_are_bounded_in_number_and_length() -> None:
    body = {"name": "x"} | {f"m{number}": 1 for number in range(1000)}
    assert len(violations(body=body)) == VIOLATIONS_MAX
    assert all(len(name) <= 100 for name in violations(body={"name": "x", "y" * 1000: 1}))


def test_an_invalid_schema_is_an_error_at_the_start() -> None:
    broken = {
        "operationId": "Do",
        "parameters": [{"name": "a", "in": "query", "type": "string", "pattern": "("}],
    }
    with pytest.raises(SpecificationError):
        validators_of({"paths": {"/": {"get": broken}}})
