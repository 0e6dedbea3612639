"""Each rule that a keyword can say becomes that keyword."""

from collections.abc import Callable
from typing import Any

import pytest

SchemaOf = Callable[..., dict[str, Any]]
RULES = "(buf.validate.field)"
UUID = "^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$"


@pytest.mark.parametrize(
    ("field", "keywords"),
    [
        ("int32 f = 1;", {"minimum": -(2**31), "maximum": 2**31 - 1, "type": "integer"}),
        (f"int32 f = 1 [{RULES}.int32 = {{gte: 1, lt: 9}}];", {"minimum": 1, "maximum": 9, "exclusiveMaximum": True}),
        (f"uint32 f = 1 [{RULES}.uint32.gt = 1];", {"minimum": 1, "exclusiveMinimum": True}),
        (f"double f = 1 [{RULES}.double = {{gte: 0.5}}];", {"minimum": 0.5, "type": "number"}),
        (f"int32 f = 1 [{RULES}.int32 = {{in: [3, 4]}}];", {"enum": [3, 4]}),
        (f"int32 f = 1 [{RULES}.int32.const = 3];", {"enum": [3]}),
        (f"int32 f = 1 [{RULES}.int32 = {{not_in: [3, 4]}}];", {"x-not": {"enum": [3, 4]}}),
        (f"int64 f = 1 [{RULES}.int64 = {{gte: 1, lte: 9007199254740991}}];", {"type": "integer", "format": "int64"}),
        (f"int64 f = 1 [{RULES}.int64 = {{gt: -9007199254740992, lt: 9007199254740992}}];", {"type": "integer", "maximum": 2**53, "exclusiveMaximum": True}),
        (f"sint64 f = 1 [{RULES}.sint64 = {{gt: -9007199254740993, lte: 0}}];", {"type": "string"}),
        (f"fixed64 f = 1 [{RULES}.fixed64.lt = 9007199254740992];", {"type": "integer", "minimum": 0}),
        (f"uint64 f = 1 [{RULES}.uint64.lt = 9007199254740993];", {"type": "string"}),
        (f"repeated int64 f = 1 [{RULES}.repeated.items.int64 = {{gt: 0, lt: 9007199254740992}}];", {"items": {"type": "integer", "format": "int64", "minimum": 0, "exclusiveMinimum": True, "maximum": 2**53, "exclusiveMaximum": True}}),
        (f"map<string, uint64> f = 1 [{RULES}.map.values.uint64.lt = 9007199254740992];", {"additionalProperties": {"type": "integer", "format": "int64", "minimum": 0, "maximum": 2**53, "exclusiveMaximum": True}}),
        (f"google.protobuf.Int64Value f = 1 [{RULES}.int64 = {{gt: 0, lt: 9007199254740992}}];", {"type": "integer"}),
        (f"int64 f = 1 [{RULES}.int64 = {{gte: 1, lte: 9007199254740992}}];", {"type": "string", "format": "int64"}),
        (f"int64 f = 1 [{RULES}.int64 = {{gte: -9007199254740991, lte: 0}}];", {"type": "integer"}),
        (f"int64 f = 1 [{RULES}.int64 = {{gte: -9007199254740992, lte: 0}}];", {"type": "string"}),
        (f"int64 f = 1 [{RULES}.int64.gte = 1];", {"type": "string", "pattern": "^-?[0-9]{1,20}$"}),
        (f"uint64 f = 1 [{RULES}.uint64.lte = 5];", {"type": "integer", "minimum": 0, "maximum": 5}),
        (f"uint64 f = 1 [{RULES}.uint64 = {{in: [7], example: 7}}];", {"type": "integer", "enum": [7], "example": 7}),
        (f"string f = 1 [{RULES}.string = {{min_len: 2, max_len: 9}}];", {"minLength": 2, "maxLength": 9}),
        (f"string f = 1 [{RULES}.string.len = 3];", {"minLength": 3, "maxLength": 3}),
        (f"string f = 1 [{RULES}.string = {{min_bytes: 9, max_bytes: 12}}];", {"minLength": 3, "maxLength": 12}),
        (f"string f = 1 [{RULES}.string.uuid = true];", {"format": "uuid"}),
        (f"string f = 1 [{RULES}.string.email = true];", {"format": "email"}),
        (f"string f = 1 [{RULES}.string.uri = true];", {"format": "uri"}),
        (f"string f = 1 [{RULES}.string.ipv4 = true];", {"format": "ipv4"}),
        (f"string f = 1 [{RULES}.string.tuuid = true];", {"pattern": "^[0-9a-fA-F]{32}$"}),
        (f"string f = 1 [{RULES}.string.pattern = '^[^\\\\x00]*$'];", {"pattern": "^[^\\x00]*$"}),
        (f"string f = 1 [{RULES}.string.prefix = 'a.'];", {"pattern": "^a\\."}),
        (f"string f = 1 [{RULES}.string = {{in: ['a', 'b']}}];", {"enum": ["a", "b"]}),
        (f"string f = 1 [{RULES}.string.const = 'a'];", {"enum": ["a"]}),
        (f"string f = 1 [{RULES}.string.example = 'hello'];", {"example": "hello"}),
        (f"bytes f = 1 [{RULES}.bytes = {{min_len: 1, max_len: 4}}];", {"format": "byte", "minLength": 2, "maxLength": 8}),
        (f"bool f = 1 [{RULES}.bool.const = true];", {"enum": [True]}),
        ("google.protobuf.Timestamp f = 1;", {"format": "date-time"}),
        (f"google.protobuf.Timestamp f = 1 [{RULES}.timestamp.example = {{seconds: 0}}];", {"example": "1970-01-01T00:00:00Z"}),
        ("google.protobuf.Duration f = 1;", {"pattern": r"^-?[0-9]{1,12}(\.[0-9]{1,9})?s$"}),
        (f"google.protobuf.Int64Value f = 1 [{RULES}.int64 = {{gte: 0, lte: 9}}];", {"type": "integer", "maximum": 9}),
        (f"repeated string f = 1 [{RULES}.repeated = {{min_items: 1, max_items: 3, unique: true}}];", {"minItems": 1, "maxItems": 3, "uniqueItems": True}),
        (f"repeated string f = 1 [{RULES}.repeated.items.string.uuid = true];", {"items": {"type": "string", "format": "uuid", "pattern": UUID}}),
        (f"map<string, int32> f = 1 [{RULES}.map = {{min_pairs: 1, max_pairs: 2}}];", {"minProperties": 1, "maxProperties": 2}),
        (f"map<string, string> f = 1 [{RULES}.map.values.string.min_len = 1];", {"additionalProperties": {"type": "string", "minLength": 1}}),
    ],
)  # fmt: skip
def test_rule_becomes_keyword(schema_of: SchemaOf, field: str, keywords: dict[str, Any]) -> None:
    schema = schema_of(field)
    assert keywords.items() <= schema.items(), schema


ENUM = "enum E { E_UNSPECIFIED = 0; A = 1; B = 2; C = 3; }"


@pytest.mark.parametrize(
    ("rule", "names"),
    [
        ("in: [1, 2]", ["A", "B"]),
        ("not_in: [0, 2]", ["A", "C"]),
        ("const: 3", ["C"]),
    ],
)
def test_enum_rules_name_the_values(schema_of: SchemaOf, rule: str, names: list[str]) -> None:
    schema = schema_of(f"E f = 1 [{RULES}.enum = {{{rule}}}];", more=ENUM)
    assert schema["enum"] == names
    assert schema["allOf"] == [{"$ref": "#/definitions/E"}]


def test_rules_on_enum_items_keep_the_reference(schema_of: SchemaOf) -> None:
    schema = schema_of(f"repeated E f = 1 [{RULES}.repeated.items.enum = {{in: [1]}}];", more=ENUM)
    assert schema["items"] == {
        "allOf": [{"$ref": "#/definitions/E"}],
        "enum": ["A"],
        "x-enum-numbers": [1],
    }


def test_required_excludes_the_zero_value(schema_of: SchemaOf) -> None:
    assert schema_of(f"string f = 1 [{RULES}.required = true];")["minLength"] == 1
    assert schema_of(f"repeated string f = 1 [{RULES}.required = true];")["minItems"] == 1
    assert schema_of(f"int32 f = 1 [{RULES}.required = true];")["x-not"] == {"enum": [0]}
    assert schema_of(f"bool f = 1 [{RULES}.required = true];")["enum"] == [True]
    assert "minLength" not in schema_of(f"optional string f = 1 [{RULES}.required = true];")


def test_rules_that_zero_is_spared_are_left_to_prose(schema_of: SchemaOf) -> None:
    schema = schema_of(
        f"string f = 1 [{RULES} = {{ignore: IGNORE_IF_ZERO_VALUE, string: {{uuid: true, max_len: 40}}}}];"
    )
    assert schema == {"type": "string", "maxLength": 40}


def test_ignored_rules_are_no_rules(schema_of: SchemaOf) -> None:
    schema = schema_of(f"string f = 1 [{RULES} = {{ignore: IGNORE_ALWAYS, string: {{len: 2}}}}];")
    assert schema == {"type": "string"}


def test_int64_string_keeps_every_wide_integer_text(schema_of: SchemaOf) -> None:
    field = f"int64 f = 1 [{RULES}.int64 = {{gte: 0, lte: 9, example: 5}}];"
    schema = schema_of(field, parameter="int64=string")
    assert (schema["type"], schema["example"]) == ("string", "5")
