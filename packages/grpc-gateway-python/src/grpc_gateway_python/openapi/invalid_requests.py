"""Examples of invalid requests: the gateway's own validator says what is wrong with them."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from grpc_gateway_python._requests.json_schemas import SpecificationError
from grpc_gateway_python._requests.validation import VARIABLE, RequestValidator
from grpc_gateway_python.openapi.document import Json
from grpc_gateway_python.openapi.document_operations import DocumentOperation
from grpc_gateway_python.openapi.examples import MISSING
from rpc_contract.errors import FieldViolation

WRONG = "x"
"""A text that is no id, no number and no name of an enum's value."""
NO_VALUE: list[Any] = [{}]
"""JSON that few members accept."""


@dataclass(frozen=True)
class _Request:
    captures: dict[str, str]
    query: dict[str, list[str]]
    body: Any


def violations_of_invalid_request(
    operation: DocumentOperation, definitions: Json, body: Any
) -> tuple[FieldViolation, ...]:
    """Returns the violations of a request that the gateway rejects.

    Args:
        operation: The operation of the request.
        definitions: The document's definitions.
        body: A valid body, or MISSING.
    """
    try:
        validator = RequestValidator(operation.path, operation.node, definitions)
    except SpecificationError:  # the gateway doesn't start with such a document, and says why
        return ()
    examples = {
        parameter["name"]: str(parameter.get("x-example", WRONG))
        for parameter in operation.parameters
    }
    valid = _Request(
        {name: examples[name] for name in VARIABLE.findall(operation.path)},
        {
            parameter["name"]: [examples[parameter["name"]]]
            for parameter in operation.parameters
            if parameter["in"] == "query" and parameter.get("required")
        },
        None if body is MISSING else body,
    )
    for request in _invalid_requests(valid):
        error = validator.error(
            list(request.captures.values()), request.query, (), request.body, operation.rule.body
        )
        if error is not None:
            return tuple(error.error.violations)
    return ()


def _invalid_requests(valid: _Request) -> Iterator[_Request]:
    """Yields requests that may be invalid, the most instructive ones first; the last one always is."""
    if isinstance(valid.body, dict):
        for name in valid.body:
            yield replace(valid, body=_without(valid.body, name))
        for name in valid.body:
            yield replace(valid, body=valid.body | {name: NO_VALUE})
    for name in valid.query:
        yield replace(valid, query=_without(valid.query, name))
    for name in reversed(valid.captures):
        yield replace(valid, captures=valid.captures | {name: WRONG})
    yield replace(valid, query=valid.query | {"unknown": [WRONG]})


def _without(values: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in values.items() if key != name}
