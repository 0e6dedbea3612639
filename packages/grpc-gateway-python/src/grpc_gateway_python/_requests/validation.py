"""Validates requests against the OpenAPI document."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from grpc_gateway_python._requests.headers import RawHeaders
from grpc_gateway_python._requests.json_schemas import (
    ENUM_NUMBERS,
    Schema,
    Validator,
    parameters_schema,
)
from grpc_gateway_python._responses.errors import GatewayError
from grpc_gateway_python.transcoding import Query
from grpc_gateway_python.transcoding.texts import DIGITS
from rpc_contract.errors import FieldViolation
from rpc_contract.v1.contract_errors import invalid_request

VARIABLE: Final = re.compile(r"\{([^}]+)\}")
BYTES: Final = "binary"
"""The format of a body that isn't JSON."""
WHOLE_BODY: Final = "*"


class RequestValidator:
    """Validates the parameters and the body of one operation."""

    def __init__(self, path: str, operation: Schema, definitions: Mapping[str, Schema]) -> None:
        parameters = operation.get("parameters", [])
        valued = [
            parameter for parameter in parameters if parameter["in"] in {"path", "query", "header"}
        ]
        self._path_names = VARIABLE.findall(path)
        self._path_texts = {
            parameter["name"]
            for parameter in valued
            if parameter["in"] == "path"
            and parameter.get("type") != "array"
            and _scalar(parameter) is str
        }
        """The path's variables whose values are their texts."""
        self._header_names = {
            parameter["name"].lower().encode(): parameter["name"]
            for parameter in valued
            if parameter["in"] == "header"
        }
        self._convert = {parameter["name"]: _converter(parameter) for parameter in valued}
        self._maps = {
            parameter["name"].partition("[")[0]: parameter["name"]
            for parameter in valued
            if parameter["name"].endswith("]")
        }
        self._single = {parameter["name"] for parameter in valued if parameter["type"] != "array"}
        self._parameters = Validator(parameters_schema(valued), definitions)
        bodies = [
            parameter["schema"]
            for parameter in parameters
            if parameter["in"] == "body" and parameter["schema"].get("format") != BYTES
        ]
        self._body = Validator(bodies[0], definitions) if bodies else None
        self.demands_body = any(
            parameter["in"] == "body" and parameter.get("required") for parameter in parameters
        )
        """Whether the specification requires a body."""

    def error(
        self,
        captures: list[str],
        query: Query,
        headers: RawHeaders,
        body: object,
        body_field: str | None,
    ) -> GatewayError | None:
        """Returns the error of an invalid request, None for a valid one."""
        parameters = self._values(captures, query, headers)
        if self._parameters.is_valid(parameters) and (
            self._body is None or self._body.is_valid(body)
        ):
            return None
        violations = list(self._parameter_violations(parameters))
        if self._body is not None:
            prefix = body_field if body_field and body_field != WHOLE_BODY else ""
            violations.extend(self._body.violations(body, prefix))
        return GatewayError(invalid_request().with_violations(violations))

    def _parameter_violations(self, parameters: dict[str, object]) -> Iterator[FieldViolation]:
        repeated = {
            name
            for name, value in parameters.items()
            if isinstance(value, list) and name in self._single
        }
        for name in repeated:
            yield FieldViolation(name, "must be given once")
        for violation in self._parameters.violations(parameters):
            if violation.field not in repeated:
                yield violation

    def _values(self, captures: list[str], query: Query, headers: RawHeaders) -> dict[str, object]:
        convert = self._convert
        values: dict[str, object] = {}
        for name, text in zip(self._path_names, captures, strict=True):
            values[name] = text if name in self._path_texts else convert[name]([text])
        for name, texts in query.items():
            declared = name if name in convert else self._map_of(name)
            values[name] = convert[declared](texts) if declared in convert else texts
        if self._header_names:
            for name, texts in self._headers(headers).items():
                values[name] = convert[name](texts)
        return values

    def _map_of(self, name: str) -> str:
        """Returns the specification's name for the entry of a map: `a[string]` for `a[key]`."""
        return self._maps.get(name.partition("[")[0], "") if name.endswith("]") else ""

    def _headers(self, headers: RawHeaders) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for raw_name, value in headers:
            if raw_name in self._header_names:
                name = self._header_names[raw_name]
                found.setdefault(name, []).append(value.decode("latin-1"))
        return found


def validators_of(specification: Mapping[str, Any]) -> dict[str, RequestValidator]:
    """Returns operation id → validator, for a specification in OpenAPI 2.

    Raises:
        SpecificationError: A schema is invalid.
    """
    return {
        operation["operationId"]: RequestValidator(
            path, operation, specification.get("definitions", {})
        )
        for path, methods in specification["paths"].items()
        for operation in methods.values()
        if "operationId" in operation
    }


def _converter(parameter: Schema) -> Callable[[list[str]], object]:
    """Returns the function that converts the texts of a parameter to its JSON value.

    A text that can't be converted stays a string, and the validator rejects it. A single-valued
    parameter that is given more than once stays an array, and the validator rejects it, too.
    """
    if parameter.get("type") == "array":
        one = _scalar(parameter["items"])
        if parameter.get("collectionFormat") == "multi":
            return lambda texts: [one(text) for text in texts]
        return lambda texts: [one(part) for text in texts for part in text.split(",")]
    one = _scalar(parameter)
    return lambda texts: one(texts[0]) if len(texts) == 1 else texts


def _scalar(schema: Schema) -> Callable[[str], object]:
    """Returns the function that converts the text of one item to its JSON value; an enum's value may be a number."""
    return _integer if ENUM_NUMBERS in schema else SCALARS.get(schema.get("type", ""), str)


def _integer(text: str) -> object:
    return int(text) if len(text) < INTEGER_CHARACTERS_MAX and DIGITS.fullmatch(text) else text


def _number(text: str) -> object:
    try:
        return float(text)
    except ValueError:
        return text


def _boolean(text: str) -> object:
    return {"true": True, "false": False}.get(text, text)


INTEGER_CHARACTERS_MAX: Final = 21
"""A text this long is no 64-bit integer, which has 20 characters at most; int() is slow for a long text."""
SCALARS: Final[dict[str, Callable[[str], object]]] = {
    "integer": _integer,
    "number": _number,
    "boolean": _boolean,
}
