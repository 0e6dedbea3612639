"""A body without content is an empty message, whatever the body is."""

import asyncio
from typing import Any

import pytest

from grpc_gateway_python._app.app import HEADERS
from grpc_gateway_python._limits import Limits
from grpc_gateway_python._requests.reader import OperationRequestReader
from grpc_gateway_python._requests.router import Match, Target
from grpc_gateway_python._requests.validation import RequestValidator
from grpc_gateway_python._responses.errors import GatewayError
from grpc_gateway_python._responses.scope import ADMIT, MATCH, REQUEST_ID
from grpc_gateway_python.transcoding import Operation
from grpc_gateway_python_tests.gateway.generated import Kinds

Headers = list[tuple[bytes, bytes]]
THING = {
    "type": "object",
    "properties": {"name": {"type": "string"}},
    "required": ["name"],
}


def read(
    operation: Operation,
    text: bytes,
    validator: RequestValidator | None = None,
    headers: Headers | None = None,
) -> bytes:
    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": text}

    match: Match[None] = Match(Target(None, ()), [])
    scope = {
        ADMIT: lambda: None,
        "headers": headers or [],
        "query_string": b"",
        REQUEST_ID: b"1",
        MATCH: match,
    }
    reader = OperationRequestReader(operation, validator, HEADERS, Limits())
    return asyncio.run(reader.read(scope, receive)).message


def validator(schema: dict[str, Any], *, required: bool) -> RequestValidator:
    body = {"name": "body", "in": "body", "required": required, "schema": schema}
    return RequestValidator("/", {"parameters": [body]}, {})


def missing(operation: Operation, rules: RequestValidator) -> list[tuple[str, str]]:
    with pytest.raises(GatewayError) as caught:
        read(operation, b"", rules)
    return [(violation.field, violation.description) for violation in caught.value.error.violations]


@pytest.mark.parametrize("text", [b"", b" \r\n"])
def test_no_content_is_an_empty_request(strings: Kinds, text: bytes) -> None:
    assert read(strings.echo, text) == b""
    assert read(strings.echo, b"{}") == b""


@pytest.mark.parametrize("kinds", ["strings", "numbers"])
def test_no_content_is_the_empty_value_of_a_body_of_any_kind(
    kinds: str, request: pytest.FixtureRequest
) -> None:
    generated: Kinds = request.getfixturevalue(kinds)
    bodies = [operation for operation in generated.operations.values() if "Bodies" in operation.id]
    assert len(bodies) == 18
    for operation in bodies:
        message = generated.message.FromString(read(operation, b""))
        # Proto3 tells an empty value from none only in fields with presence.
        (field,) = [field for field in message.DESCRIPTOR.fields if field.name == operation.body]
        expected = generated.message()
        if field.message_type and not field.is_repeated:
            getattr(expected, field.name).SetInParent()
        elif field.has_presence:
            setattr(expected, field.name, field.default_value)
        if field.name == "value":
            expected.value.null_value = 0
        assert message == expected, field.name


def test_a_content_type_without_content_is_ignored(strings: Kinds) -> None:
    headers = [(b"content-type", b"text/plain"), (b"content-length", b"0")]
    assert read(strings.echo, b"", headers=headers) == b""
    with pytest.raises(GatewayError) as caught:
        read(
            strings.echo,
            b"{}",
            headers=[(b"content-type", b"text/plain"), (b"content-length", b"2")],
        )
    assert caught.value.error.http_status == 415


def test_missing_content_names_each_required_member(strings: Kinds) -> None:
    rules = validator(THING, required=True)
    assert missing(strings.echo, rules) == [("name", "is required")]
    patch = strings.operations["Patch"]
    assert missing(patch, rules) == [("kinds.name", "is required")]


def test_a_body_field_that_the_contract_demands_is_named(strings: Kinds) -> None:
    patch = strings.operations["Patch"]
    assert missing(patch, validator({"type": "object"}, required=True)) == [
        ("kinds", "is required")
    ]
    assert read(patch, b"", validator({"type": "object"}, required=False))
