"""Each rule that a keyword expresses becomes that keyword."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from buf.validate import validate_pb2
from protoc_plugin_kit import Contracts
from protoc_plugin_kit.field_rules import FieldRules, Translation, accepts_text
from protoc_plugin_kit.testing import compile_request

Json = dict[str, Any]
TranslationOf = Callable[..., Translation]
RULES = "(buf.validate.field)"
UUID = "^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$"
CONTRACT = """
syntax = "proto3";
package test.v1;
import "buf/validate/validate.proto";
import "google/protobuf/any.proto";
import "google/protobuf/duration.proto";
import "google/protobuf/field_mask.proto";
import "google/protobuf/timestamp.proto";
import "google/protobuf/wrappers.proto";
"""


@pytest.fixture
def translation_of(tmp_path: Path) -> TranslationOf:
    """Returns a function from a field's declaration to the translation of its rules."""

    def run(field: str, more: str = "", *, wide_as_text: bool = False) -> Translation:
        text = f"{CONTRACT} message M {{ {field} }} {more}"
        imports = [validate_pb2.DESCRIPTOR]
        request = compile_request(tmp_path, {"test.proto": text}, imports=imports)
        contracts = Contracts.from_request(request)
        (declared,) = contracts.files[0].message_types_by_name["M"].fields
        rules = contracts.option(declared, "buf.validate.field")
        return FieldRules(wide_as_text).translate(declared, rules if rules.ByteSize() else None)

    return run


@pytest.mark.parametrize(
    ("field", "keywords"),
    [
        ("int32 f = 1;", {"minimum": -(2**31), "maximum": 2**31 - 1}),
        (f"int32 f = 1 [{RULES}.int32 = {{gte: 1, lt: 9}}];", {"minimum": 1, "maximum": 9, "exclusiveMaximum": True}),
        (f"uint32 f = 1 [{RULES}.uint32.gt = 1];", {"minimum": 1, "exclusiveMinimum": True}),
        (f"double f = 1 [{RULES}.double = {{gte: 0.5}}];", {"minimum": 0.5}),
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
        (f"bytes f = 1 [{RULES}.bytes = {{min_len: 1, max_len: 4}}];", {"minLength": 2, "maxLength": 8}),
        (f"bool f = 1 [{RULES}.bool.const = true];", {"enum": [True]}),
        (f"google.protobuf.Timestamp f = 1 [{RULES}.timestamp.example = {{seconds: 0}}];", {"example": "1970-01-01T00:00:00Z"}),
        ("google.protobuf.Duration f = 1;", {"pattern": r"^-?[0-9]{1,12}(\.[0-9]{1,9})?s$"}),
        (f"google.protobuf.Int64Value f = 1 [{RULES}.int64 = {{gte: 0, lte: 9}}];", {"type": "integer", "maximum": 9}),
        (f"repeated string f = 1 [{RULES}.repeated = {{min_items: 1, max_items: 3, unique: true}}];", {"minItems": 1, "maxItems": 3, "uniqueItems": True}),
        (f"repeated string f = 1 [{RULES}.repeated.items.string.uuid = true];", {"items": {"format": "uuid", "pattern": UUID}}),
        (f"map<string, int32> f = 1 [{RULES}.map = {{min_pairs: 1, max_pairs: 2}}];", {"minProperties": 1, "maxProperties": 2}),
        (f"map<string, string> f = 1 [{RULES}.map.values.string.min_len = 1];", {"additionalProperties": {"minLength": 1}}),
    ],
)  # fmt: skip
def test_rule_becomes_keyword(
    translation_of: TranslationOf, field: str, keywords: dict[str, Any]
) -> None:
    translated = translation_of(field).keywords
    assert keywords.items() <= translated.items(), translated


ENUM = "enum E { E_UNSPECIFIED = 0; A = 1; B = 2; C = 3; }"


@pytest.mark.parametrize(
    ("rule", "names"),
    [
        ("in: [1, 2]", ["A", "B"]),
        ("not_in: [0, 2]", ["A", "C"]),
        ("const: 3", ["C"]),
    ],
)
def test_enum_rules_become_names(
    translation_of: TranslationOf, rule: str, names: list[str]
) -> None:
    field = f"E f = 1 [{RULES}.enum = {{{rule}}}];"
    assert translation_of(field, more=ENUM).keywords == {"enum": names}


@pytest.mark.parametrize(
    ("kind", "keyword", "value"),
    [
        ("string", "minLength", 1),
        ("repeated string", "minItems", 1),
        ("map<string, string>", "minProperties", 1),
        ("int32", "x-not", {"enum": [0]}),
        ("uint32", "exclusiveMinimum", True),
        ("bool", "enum", [True]),
        ("optional string", "minLength", None),
    ],
)
def test_required_rejects_the_zero_value(
    translation_of: TranslationOf, kind: str, keyword: str, value: Any
) -> None:
    keywords = translation_of(f"{kind} f = 1 [{RULES}.required = true];").keywords
    assert keywords.get(keyword) == value


def test_rule_that_allows_the_zero_value_is_prose(translation_of: TranslationOf) -> None:
    translation = translation_of(
        f"string f = 1 [{RULES} = {{ignore: IGNORE_IF_ZERO_VALUE, string: {{uuid: true, max_len: 40}}}}];"
    )
    assert translation.keywords == {"maxLength": 40}
    assert translation.prose == [
        "must, unless zero or empty, satisfy format `uuid`.",
        f"must, unless zero or empty, satisfy pattern `{UUID}`.",
    ]


@pytest.mark.parametrize(("pattern", "is_prose"), [("^\\\\pL+$", True), ("^\\\\p{Greek}*$", False)])
def test_pattern_with_a_unicode_property_may_allow_the_zero_value(
    translation_of: TranslationOf, pattern: str, is_prose: bool
) -> None:
    rules = f"ignore: IGNORE_IF_ZERO_VALUE, string: {{pattern: '{pattern}'}}"
    translation = translation_of(f"string f = 1 [{RULES} = {{{rules}}}];")
    assert bool(translation.prose) == is_prose
    assert ("pattern" in translation.keywords) != is_prose


@pytest.mark.parametrize(
    ("keywords", "accepted"),
    [
        ({}, True),
        ({"minLength": 3, "maxLength": 3}, True),
        ({"minLength": 4}, False),
        ({"maxLength": 2}, False),
        ({"pattern": "^(?<first>a)"}, True),
        ({"pattern": "^b"}, False),
        ({"pattern": r"^\p{L}+$"}, False),
        ({"x-not": {"enum": ["abc"]}}, False),
    ],
)
def test_text_is_accepted_if_it_keeps_all_keywords(keywords: Json, accepted: bool) -> None:
    assert accepts_text(keywords, "abc") == accepted


def test_ignored_rules_have_no_translation(translation_of: TranslationOf) -> None:
    rules = f"string f = 1 [{RULES} = {{ignore: IGNORE_ALWAYS, string: {{len: 2}}}}];"
    assert translation_of(rules) == Translation()


def test_wide_integer_can_always_be_a_string(translation_of: TranslationOf) -> None:
    field = f"int64 f = 1 [{RULES}.int64 = {{gte: 0, lte: 9, example: 5}}];"
    keywords = translation_of(field, wide_as_text=True).keywords
    assert (keywords["type"], keywords["example"]) == ("string", "5")


@pytest.mark.parametrize(
    ("field", "sentence"),
    [
        (f"int64 f = 1 [{RULES}.int64.gt = 1];", "must be more than 1."),
        (f"int32 f = 1 [{RULES}.int32 = {{gt: 9, lt: 1}}];", "must be more than 9 or less than 1."),
        (f"string f = 1 [{RULES}.string.max_bytes = 9];", "must have at most 9 bytes in UTF-8."),
        (f"string f = 1 [{RULES}.string.ip = true];", "must be an IP address."),
        (f"string f = 1 [{RULES}.string.pattern = '(?i)a'];", "must match the RE2 pattern `(?i)a` (`(?i)` has no equal)."),
        (f"bytes f = 1 [{RULES}.bytes.prefix = 'ab'];", "must, decoded, start with the bytes 61 62."),
        (f"google.protobuf.Timestamp f = 1 [{RULES}.timestamp.lt_now = true];", "must be in the past."),
        (f"google.protobuf.Duration f = 1 [{RULES}.duration.gte = {{seconds: 2}}];", "must be at least 2s."),
        (f"google.protobuf.FieldMask f = 1 [{RULES}.field_mask.in = 'name'];", "must name only these fields: name."),
        (f"google.protobuf.Any f = 1 [{RULES}.any.in = 'x/M'];", "must be of one of these types: x/M."),
        (f"repeated string f = 1 [{RULES}.repeated.items.string.ip = true];", "each item must be an IP address."),
        (f"map<string, string> f = 1 [{RULES}.map.keys.string.max_len = 2];", "each key must have maxLength `2`."),
        (f"string f = 1 [{RULES}.cel = {{id: 'x', message: 'must rhyme', expression: 'true'}}];", "must rhyme."),
        (f"string f = 1 [{RULES}.cel_expression = 'this != \"a\"'];", 'must satisfy `this != "a"`.'),
    ],
)  # fmt: skip
def test_rule_without_a_keyword_becomes_prose(
    translation_of: TranslationOf, field: str, sentence: str
) -> None:
    assert sentence in translation_of(field).prose
