"""JSON text: what is rejected, where, and in no more words than needed."""

import json

import pytest

from grpc_gateway_python.transcoding import InvalidRequestError, from_json
from grpc_gateway_python_tests.gateway.generated import Kinds
from rpc_contract.errors import FieldViolation


@pytest.mark.parametrize(
    ("text", "description"),
    [
        (b"", "must be a JSON document, and is empty"),
        (b" \n", "must be a JSON document, and is empty"),
        (b'{"a":\n 1,}', "is not JSON at line 2, column 4"),
        (b'{"a": NaN}', "is not JSON at line 1, column 7"),
        (b'{"a": "\xff"}', "is not UTF-8 at byte 7"),
    ],
)
def test_bad_text(text: bytes, description: str) -> None:
    with pytest.raises(InvalidRequestError) as caught:
        from_json(text)
    assert caught.value.violations[0].description == description


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (b'{"a": 1, "a": 2}', "a"),
        (b'{"a": {"b": 1, "c": 2, "b": 2}}', "b"),
        (b'{"a": ":", "a": ":"}', "a"),
        (b'[{"a": 1, "a": 2}]', "a"),
        (b'{"%b": 1, "%b": 1}' % (b"a" * 200, b"a" * 200), "a" * 100),
    ],
)
def test_a_member_given_twice_is_named(text: bytes, name: str) -> None:
    with pytest.raises(InvalidRequestError) as caught:
        from_json(text)
    violation = FieldViolation(name, "must not be given twice in an object")
    assert caught.value.violations == (violation,)


@pytest.mark.parametrize("text", [b"[" * 2000, b'{"a":' * 2000, b'"\\ud800"'])
def test_hostile_text(text: bytes) -> None:
    with pytest.raises(InvalidRequestError):
        from_json(text)


def test_large_numbers_are_no_trouble() -> None:
    assert from_json(b'{"a": {"b": %b}}' % (b"9" * 300)) == {"a": {"b": 10**300 - 1}}
    with pytest.raises(InvalidRequestError):
        from_json(b'{"a": {"b": %b}}' % (b"9" * 10_000))


@pytest.mark.parametrize("number", [b"1e400", b"-1e400", b"9" * 400])
@pytest.mark.parametrize(
    "field",
    [
        *("a_bool", "a_double", "a_float", "an_int32", "an_int64", "a_uint64", "a_color", "a_null"),
        *("shared", "timestamp", "duration", "mask", "struct", "value", "list", "any"),
    ],
)
def test_a_number_out_of_range_is_an_error_that_names_its_field(
    strings: Kinds, field: str, number: bytes
) -> None:
    body = from_json(b'{"%b": %b}' % (field.encode(), number))
    with pytest.raises(InvalidRequestError) as caught:
        strings.read(body)
    assert caught.value.violations[0].field == field


@pytest.mark.parametrize(("depth", "accepted"), [(99, True), (100, False), (400, False)])
def test_messages_nest_as_deep_as_protobuf_reads_them(
    strings: Kinds, depth: int, accepted: bool
) -> None:
    document: dict[str, object] = {}
    for _ in range(depth):
        document = {"kinds": document}
    if accepted:
        assert strings.read(document).HasField("kinds")
        return
    with pytest.raises(InvalidRequestError, match="nests deeper"):
        strings.read(document)


def test_places_are_paths_of_field_names(strings: Kinds) -> None:
    document = {"kindses": [{}, {"sharedByString": {"k": {"text": 1}}}]}
    with pytest.raises(InvalidRequestError) as caught:
        strings.read(document)
    assert caught.value.violations[0].field == 'kindses[1].shared_by_string["k"].text'


def test_bounded_integers_are_numbers_and_others_strings(numbers: Kinds) -> None:
    exact = {"exact_int64": 1, "exact_uint64s": [2], "exact_by_string": {"a": 3}, "exact_value": 4}
    message = numbers.read(exact | {"an_int64": "5", "int64_value": "6", "an_int32": 7})
    written = json.loads(numbers.write(message))
    assert written.items() >= exact.items()
    assert (written["an_int64"], written["int64_value"], written["an_int32"]) == ("5", "6", 7)


@pytest.mark.parametrize(
    "document",
    [
        {"exact_int64": "1"},
        {"exact_int64": 2**53},
        {"exact_uint64s": [-1]},
        {"exact_by_string": {"a": "1"}},
        {"exact_value": "1"},
        {"an_int32": "1"},
    ],
)
def test_numbers_are_no_strings(numbers: Kinds, document: dict[str, object]) -> None:
    with pytest.raises(InvalidRequestError):
        numbers.read(document)
