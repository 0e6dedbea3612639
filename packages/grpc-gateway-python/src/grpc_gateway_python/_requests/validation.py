"""Checks requests against the specification that clients read."""

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
"""The format of a body that is no JSON."""
WHOLE_BODY: Final = "*"


class RequestValidator:
    """The rules of one operation."""

    def __init__(self, path: str, operation: Schema, definitions: Mapping[str, Schema]) -> None:
        parameters = operation.get("parameters", [])
        valued = [each for each in parameters if each["in"] in {"path", "query", "header"}]
        self._path_names = VARIABLE.findall(path)
        self._header_names = {
            each["name"].lower().encode(): each["name"] for each in valued if each["in"] == "header"
        }
        self._convert = {each["name"]: _converter(each) for each in valued}
        self._maps = {
            each["name"].partition("[")[0]: each["name"]
            for each in valued
            if each["name"].endswith("]")
        }
        self._single = {each["name"] for each in valued if each["type"] != "array"}
        self._parameters = Validator(parameters_schema(valued), definitions)
        bodies = [
            each["schema"]
            for each in parameters
            if each["in"] == "body" and each["schema"].get("format") != BYTES
        ]
        self._body = Validator(bodies[0], definitions) if bodies else None
        self.demands_body = any(
            each["in"] == "body" and each.get("required") for each in parameters
        )
        """Whether a request without content breaks the specification."""

    def problem(
        self,
        captures: list[str],
        query: Query,
        headers: RawHeaders,
        body: object,
        body_field: str | None,
    ) -> GatewayError | None:
        """Returns what is wrong with a request, None when nothing is."""
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
        values: dict[str, object] = {
            name: convert[name]([text])
            for name, text in zip(self._path_names, captures, strict=True)
        }
        for name, texts in query.items():
            declared = name if name in convert else self._map_of(name)
            values[name] = convert[declared](texts) if declared in convert else texts
        for name, texts in self._headers(headers):
            values[name] = convert[name](texts)
        return values

    def _map_of(self, name: str) -> str:
        """Returns the name under which the specification has a map's entry, such as `a[string]`."""
        return self._maps.get(name.partition("[")[0], "") if name.endswith("]") else ""

    def _headers(self, headers: RawHeaders) -> Iterator[tuple[str, list[str]]]:
        found: dict[str, list[str]] = {}
        for raw_name, value in headers:
            if raw_name in self._header_names:
                name = self._header_names[raw_name]
                found.setdefault(name, []).append(value.decode("latin-1"))
        yield from found.items()


def validators_of(specification: Mapping[str, Any]) -> dict[str, RequestValidator]:
    """Returns operation id → validator, for a specification in OpenAPI 2.

    Raises:
        SpecificationError: a schema can't be used.
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
    """Returns what makes texts the JSON value of a parameter.

    A text that spells no such value stays as it is, for the validator to refuse. So does a
    parameter that is given more often than once, as an array.
    """
    if parameter.get("type") == "array":
        one = _scalar(parameter["items"])
        if parameter.get("collectionFormat") == "multi":
            return lambda texts: [one(text) for text in texts]
        return lambda texts: [one(part) for text in texts for part in text.split(",")]
    one = _scalar(parameter)
    return lambda texts: one(texts[0]) if len(texts) == 1 else texts


def _scalar(schema: Schema) -> Callable[[str], object]:
    """Returns what makes a text the JSON value of one item; an enum's may be a number."""
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
"""64-bit integers have 20 characters at most."""
SCALARS: Final[dict[str, Callable[[str], object]]] = {
    "integer": _integer,
    "number": _number,
    "boolean": _boolean,
}
