"""Generated transcoding against Protobuf's own library: the same JSON, the same messages.

`pytest --hypothesis-profile=thorough` runs 20,000 examples per direction.
"""

import json
from typing import Any

from google.protobuf import json_format
from hypothesis import assume, given
from hypothesis import strategies as st

from grpc_gateway_python.transcoding import InvalidRequestError, from_json
from grpc_gateway_python_tests.gateway.generated import Kinds
from grpc_gateway_python_tests.gateway.messages import messages
from grpc_gateway_python_tests.gateway.values import SPECIFIED, VALUES


@given(st.data())
def test_writes_what_the_library_writes(strings: Kinds, data: st.DataObject) -> None:
    message = data.draw(messages(strings.message.DESCRIPTOR))
    expected = json_format.MessageToDict(
        message, preserving_proto_field_name=True, always_print_fields_with_no_presence=True
    )
    assert json.loads(strings.write(message)) == expected


@given(st.data(), st.booleans())
def test_reads_what_the_library_writes(
    strings: Kinds, data: st.DataObject, proto_names: bool
) -> None:
    message = data.draw(messages(strings.message.DESCRIPTOR))
    text = json_format.MessageToJson(message, preserving_proto_field_name=proto_names)
    # The library rejects the largest 32-bit float, which it writes itself.
    expected = library_reads(strings, text) or message
    assert same(strings.read(from_json(text.encode())), expected)


@given(st.data())
def test_reads_and_rejects_as_the_library_does(strings: Kinds, data: st.DataObject) -> None:
    """One value of a valid document is replaced by any other one."""
    message = data.draw(messages(strings.message.DESCRIPTOR, 3))
    document = json_format.MessageToDict(message, preserving_proto_field_name=True)
    places = list(leaves(document))
    assume(places)
    container, key = data.draw(st.sampled_from(places))
    value = data.draw(st.sampled_from(VALUES))
    container[key] = value
    text = json.dumps(document)
    expected = library_reads(strings, text)
    read = gateway_reads(strings, text)
    if isinstance(read, InvalidRequestError):
        assert expected is None or not is_specified(read, value)
    elif expected is None:
        assert is_rejected_by_mistake(text)
    else:
        assert same(read, expected)


@given(st.data())
def test_number_mode_reads_what_it_writes(numbers: Kinds, data: st.DataObject) -> None:
    message = data.draw(messages(numbers.message.DESCRIPTOR))
    document = json.loads(numbers.write(message))
    integers = [number for number in numbers_in(document) if isinstance(number, int)]
    assume(all(abs(number) < 2**53 for number in integers))
    text = json.dumps(document)
    assert same(gateway_reads(numbers, text), library_reads(numbers, text) or message)


def gateway_reads(kinds: Kinds, text: str) -> Any:
    try:
        return kinds.read(from_json(text.encode()))
    except InvalidRequestError as error:
        return error


def library_reads(kinds: Kinds, text: str) -> Any:
    try:
        return json_format.Parse(text, kinds.message())
    except json_format.ParseError:
        return None


def is_rejected_by_mistake(text: str) -> bool:
    """Tells whether a text has what the library rejects though it is valid.

    That is the largest 32-bit float, which it writes itself, and null for a repeated Value.
    """
    return "3.4028235e+38" in text or '"values": null' in text


def is_specified(error: InvalidRequestError, value: Any) -> bool:
    """Tells whether the specification has a value that was rejected."""
    while isinstance(value, list) and value:
        value = value[0]
    description = error.violations[0].description
    rules = [rule for start, rule in SPECIFIED.items() if description.startswith(start)]
    return not rules or rules[0](value)


def same(one: Any, other: Any) -> bool:
    """Compares by bytes, because NaN is not equal to itself; maps have no order."""
    return bool(
        one.SerializeToString(deterministic=True) == other.SerializeToString(deterministic=True)
    )


def leaves(document: Any) -> Any:
    """Yields every place in a document, as its container and key."""
    items = document.items() if isinstance(document, dict) else enumerate(document)
    for key, value in items:
        yield document, key
        if isinstance(value, dict | list):
            yield from leaves(value)


def numbers_in(document: Any) -> Any:
    if isinstance(document, dict):
        document = list(document.values())
    if isinstance(document, list):
        for element in document:
            yield from numbers_in(element)
    else:
        yield document
