"""What no keyword says is said in the operation's description."""

from collections.abc import Callable

import pytest

ProseOf = Callable[..., str]
RULES = "(buf.validate.field)"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (f"string f = 1 [{RULES}.string.address = true];", "`f`: must be a host name or an IP address."),
        (f"string f = 1 [{RULES}.string.max_bytes = 9];", "`f`: must have at most 9 bytes in UTF-8."),
        (f"string f = 1 [{RULES}.string.pattern = '(?i)a'];", "`f`: must match the RE2 pattern `(?i)a`"),
        (f"int32 f = 1 [{RULES}.int32 = {{gt: 9, lt: 2}}];", "`f`: must be more than 9 or less than 2."),
        (f"int64 f = 1 [{RULES}.int64.gt = 9];", "`f`: must be more than 9."),
        (f"int32 f = 1 [{RULES}.int32.not_in = 7];", "`f`: must be none of `7`."),
        (f"google.protobuf.Timestamp f = 1 [{RULES}.timestamp.lt_now = true];", "`f`: must be in the past."),
        (f"google.protobuf.Duration f = 1 [{RULES}.duration.lte = {{seconds: 60}}];", "`f`: must be at most 60s."),
        (f"google.protobuf.FieldMask f = 1 [{RULES}.field_mask.in = 'a'];", "`f`: must name only these fields: a."),
        (f"google.protobuf.Any f = 1 [{RULES}.any.in = 'x/y'];", "`f`: must be of one of these types: x/y."),
        (f"map<string, int32> f = 1 [{RULES}.map.keys.string.max_len = 3];", "`f`: each key must have maxLength `3`."),
        (f"repeated string f = 1 [{RULES}.repeated.items.string.ip = true];", "`f`: each item must be an IP address."),
        (f"string f = 1 [{RULES}.cel = {{id: 'x', message: 'must be odd', expression: 'true'}}];", "`f`: must be odd."),
        (f"string f = 1 [{RULES}.cel_expression = 'this != \"\"'];", "`f`: must satisfy `this != \"\"`."),
        ("option (buf.validate.message).cel = {id: 'x', message: 'a before b', expression: 'true'};", "- a before b."),
        ("option (buf.validate.message).oneof = {fields: ['a', 'b']}; string a = 1; string b = 2;", "at most one of `a`, `b`"),
        ("oneof o { option (buf.validate.oneof).required = true; string a = 1; string b = 2; }", "exactly one of `a`, `b`"),
        ("oneof o { string a = 1; string b = 2; }", "at most one of `a`, `b`"),
    ],
)  # fmt: skip
def test_rule_is_described(prose_of: ProseOf, content: str, sentence: str) -> None:
    assert sentence in prose_of(content)


def test_rules_of_nested_messages_name_their_path(prose_of: ProseOf) -> None:
    nested = f"message N {{ string g = 1 [{RULES}.string.ip = true]; M up = 2; }}"
    assert "- `f[].g`: must be an IP address." in prose_of("repeated N f = 1;", more=nested)


def test_rules_that_keywords_say_are_not_repeated(prose_of: ProseOf) -> None:
    assert prose_of(f"optional string f = 1 [{RULES}.string.uuid = true];") == ""


def test_rules_of_output_only_fields_are_not_described(prose_of: ProseOf) -> None:
    only = "(google.api.field_behavior) = OUTPUT_ONLY"
    assert prose_of(f"string f = 1 [{RULES}.string.ip = true, {only}];") == ""
