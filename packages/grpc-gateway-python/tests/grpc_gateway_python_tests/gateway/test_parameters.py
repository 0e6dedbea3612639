"""Query parameters and paths to message fields, through generated code."""

import json
from typing import Any

import pytest
from google.protobuf import json_format

from grpc_gateway_python.transcoding import InvalidRequestError, parse_query
from grpc_gateway_python_tests.gateway.generated import Kinds


def get(kinds: Kinds, query: bytes) -> Any:
    operation = kinds.operations["KindsService_Echo2"]
    return kinds.message.FromString(operation.read([], parse_query(query), None))


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (b"", {}),
        (b"a_string=a+b%20c%C3%A4", {"aString": "a b cä"}),
        (b"aString=x", {"aString": "x"}),
        (b"a_bool=true&maybe_bool=false", {"aBool": True, "maybeBool": False}),
        (b"an_int32=-5&a_uint64=18446744073709551615", {"anInt32": -5, "aUint64": str(2**64 - 1)}),
        (b"a_double=1e3&a_float=0.5", {"aDouble": 1000.0, "aFloat": 0.5}),
        (b"a_double=NaN", {"aDouble": "NaN"}),
        (b"a_bytes=_-8", {"aBytes": "/+8="}),
        (b"a_color=BLUE&maybe_color=1", {"aColor": "BLUE", "maybeColor": "RED"}),
        (b"strings=a&strings=b&strings=", {"strings": ["a", "b", ""]}),
        (b"int32s=1&int32s=2&colors=RED&colors=5", {"int32s": [1, 2], "colors": ["RED", "BLUE"]}),
        (
            b"kinds.shared.text=deep&kinds.a_bool=true",
            {"kinds": {"shared": {"text": "deep"}, "aBool": True}},
        ),
        (
            b"choice_shared.text=a&choice_shared.color=RED",
            {"choiceShared": {"text": "a", "color": "RED"}},
        ),
        (
            b"timestamp=2026-01-02T03:04:05Z&duration=1.5s",
            {"timestamp": "2026-01-02T03:04:05Z", "duration": "1.500s"},
        ),
        (b"mask=a_b,c.d", {"mask": "aB,c.d"}),
        (b"int64_value=0&string_value=", {"int64Value": "0", "stringValue": ""}),
        (b"string_values=a&string_values=b", {"stringValues": ["a", "b"]}),
        (b"timestamps=2026-01-02T03:04:05Z", {"timestamps": ["2026-01-02T03:04:05Z"]}),
        (
            b"string_by_string[a.b]=c&string_by_string[]=d",
            {"stringByString": {"a.b": "c", "": "d"}},
        ),
        (
            b"string_by_string[a_b]=1&string_by_string[aB]=2",
            {"stringByString": {"a_b": "1", "aB": "2"}},
        ),
        (b"int32_by_bool[true]=1", {"int32ByBool": {"true": 1}}),
        (b"struct=%7B%22a%22:1%7D&value=[1]", {"struct": {"a": 1}, "value": [1]}),
        (b"from=a&class=b&class=c", {"from": "a", "class": ["b", "c"]}),
    ],
)
def test_parameters(strings: Kinds, query: bytes, expected: dict[str, Any]) -> None:
    assert get(strings, query) == json_format.ParseDict(expected, strings.message())


@pytest.mark.parametrize(
    ("query", "field"),
    [
        (b"nonsense=1", "nonsense"),
        (b"a_string=1&a_string=2", "a_string"),
        (b"a_string=1&aString=2", "aString"),
        (b"a_string.x=1", "a_string.x"),
        (b"shared=1", "shared"),
        (b"kinds.nonsense=1", "kinds.nonsense"),
        (b"shareds.text=1", "shareds.text"),
        (b"a_bool=1", "a_bool"),
        (b"a_bool=", "a_bool"),
        (b"an_int32=%2B5", "an_int32"),
        (b"an_int32=1e2", "an_int32"),
        (b"an_int32=2147483648", "an_int32"),
        (b"a_uint32=-1", "a_uint32"),
        (b"an_int64=" + b"9" * 5000, "an_int64"),
        (b"a_color=PURPLE", "a_color"),
        (b"a_double=x", "a_double"),
        (b"a_bytes=*", "a_bytes"),
        (b"timestamp=yesterday", "timestamp"),
        (b"choice_string=a&choice_int64=1", "choice_int64"),
        (b"choice_string=a&choice_shared.text=b", "choice_shared.text"),
        (b"string_by_string[a]=1&string_by_string[a]=2", "string_by_string[a]"),
        (b"string_by_string[a]=1&stringByString[a]=2", "stringByString[a]"),
        (b"shared_by_string[a]=1", "shared_by_string[a]"),
        (b"a_string[a]=1", "a_string[a]"),
        (b"struct=1", "struct"),
        (b"value=nonsense", "value"),
        (b"a_string=%ff", ""),
        (b"a_string=%zz", ""),
        (b"a_string=100%", ""),
        (b"a_string=%4", ""),
        (b"a%_string=1", ""),
        (b".".join([b"kinds"] * 200) + b".a_bool=true", ".".join(["kinds"] * 200)[:100]),
        (b"&".join(b"a=1" for _ in range(1001)), ""),
    ],
)
def test_bad_parameters_are_named(strings: Kinds, query: bytes, field: str) -> None:
    with pytest.raises(InvalidRequestError) as caught:
        get(strings, query)
    assert caught.value.violations[0].field == field


def test_exact_integers_only_where_json_has_numbers(numbers: Kinds) -> None:
    assert get(numbers, b"exact_int64=9007199254740991").exact_int64 == 2**53 - 1
    assert get(numbers, b"an_int64=9007199254740992").an_int64 == 2**53
    with pytest.raises(InvalidRequestError):
        get(numbers, b"exact_int64=9007199254740992")


def test_path_body_field_and_query_fill_one_message(strings: Kinds) -> None:
    operation = strings.operations["KindsService_Echo3"]
    body = {"aString": "inner"}
    data = operation.read(["text", "7"], {"shared.color": ["RED"]}, body)
    message = strings.message.FromString(data)
    assert (message.shared.text, message.an_int64, message.shared.color) == ("text", 7, 1)
    assert message.kinds.a_string == "inner"
    assert json.loads(operation.write(data))["a_string"] == "inner"


@pytest.mark.parametrize("name", ["shared.text", "an_int64", "anInt64", "kinds.a_string", "kinds"])
def test_fields_of_path_and_body_are_no_query_parameters(strings: Kinds, name: str) -> None:
    operation = strings.operations["KindsService_Echo3"]
    with pytest.raises(InvalidRequestError) as caught:
        operation.read(["text", "7"], {name: ["1"]}, {})
    assert caught.value.violations[0].field == name
