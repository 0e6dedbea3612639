"""The keywords of the rules join the schema that the field's type has."""

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
        (f"double f = 1 [{RULES}.double = {{gte: 0.5}}];", {"minimum": 0.5, "type": "number"}),
        (f"bytes f = 1 [{RULES}.bytes = {{min_len: 1, max_len: 4}}];", {"format": "byte", "minLength": 2, "maxLength": 8}),
        ("google.protobuf.Timestamp f = 1;", {"format": "date-time"}),
        (f"repeated string f = 1 [{RULES}.repeated.items.string.uuid = true];", {"items": {"type": "string", "format": "uuid", "pattern": UUID}}),
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


def test_rules_that_ignore_the_zero_value_become_prose(schema_of: SchemaOf) -> None:
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
