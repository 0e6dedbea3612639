"""Error responses: google.rpc.Status with typed details (AIP-193)."""

from collections.abc import Iterable, Mapping, Sequence

from grpc import StatusCode

from grpc_gateway_python.openapi.document import DEFINITIONS, Json
from grpc_gateway_python.openapi.known_values import extensible, values_definition
from rpc_contract.generator.reasons import Reason
from rpc_contract.statuses import HTTP_STATUSES

STATUS = "google.rpc.Status"
DETAIL = "google.rpc.Status.Detail"
ERROR_INFO = "google.rpc.ErrorInfo"
REASON = "google.rpc.ErrorInfo.Reason"
BAD_REQUEST = "google.rpc.BadRequest"
TYPE_URL = "type.googleapis.com/"


REQUEST_ID: Json = {
    "type": "string",
    "x-required": True,
    "description": "The request's id: the one that the client sent, or a new one.",
}


RETRY_AFTER: Json = {
    "type": "integer",
    "x-required": True,
    "description": "After how many seconds to try again.",
}
CHALLENGE: Json = {
    "type": "string",
    "x-required": True,
    "description": "The challenge `Bearer` (RFC 6750, section 3).",
}
UNAVAILABLE = "503"
HEADERS_OF_REASONS: dict[str, Json] = {
    "UNAUTHENTICATED": {"WWW-Authenticate": CHALLENGE},
    "TOO_MANY_REQUESTS": {"Retry-After": RETRY_AFTER},
}
"""Reason → the headers of its responses."""


def headers(status: str, reasons: Sequence[Reason] = ()) -> Json:
    """Returns the headers that every response with this status and one of the reasons has."""
    found: Json = {"X-Request-Id": REQUEST_ID}
    if status == UNAVAILABLE:
        found["Retry-After"] = RETRY_AFTER
    if len(reasons) == 1:
        found |= HEADERS_OF_REASONS.get(reasons[0].name, {})
    return {name: dict(header) for name, header in found.items()}


def error_definitions(reasons: Iterable[Reason]) -> Json:
    """Returns the definitions that an error response refers to.

    Swagger 2.0 has no `oneOf`, so its definition of a detail has the members of both alternatives. `x-oneOf` becomes
    `oneOf` in OpenAPI 3.0.
    """
    known = {reason.name: reason.comment for reason in reasons}
    info = {
        "reason": {
            "type": "string",
            "description": "What went wrong, for programs.",
            "pattern": "^[A-Z][A-Z0-9_]+$",
            **extensible(REASON, known),
        },
        "domain": {
            "type": "string",
            "description": "The name of the service or system that defines the reason.",
        },
        "metadata": {
            "type": "object",
            "description": "The ids and other values that the reason is about.",
            "additionalProperties": {"type": "string"},
        },
    }
    violations = {
        "field_violations": {
            "type": "array",
            "description": "What is wrong, field by field.",
            "items": {
                "type": "object",
                "properties": {
                    "field": {
                        "type": "string",
                        "description": "The field's path, such as `items[0].amount`.",
                    },
                    "description": {"type": "string", "description": "Why its value is rejected."},
                },
                "required": ["field", "description"],
            },
        }
    }
    return {
        BAD_REQUEST: _detail(BAD_REQUEST, "The fields that a request got wrong.", violations),
        REASON: values_definition("The known reasons of errors.", known),
        ERROR_INFO: _detail(ERROR_INFO, "The cause of an error, for programs.", info, "reason", "domain"),
        STATUS: {
            "type": "object",
            "description": "An error.",
            "properties": {
                "code": {"type": "integer", "format": "int32", "description": "The google.rpc.Code."},
                "message": {"type": "string", "description": "What went wrong, for developers."},
                "details": {
                    "type": "array",
                    "description": "One google.rpc.ErrorInfo, and a google.rpc.BadRequest where fields are wrong.",
                    "items": {"$ref": DEFINITIONS + DETAIL},
                },
            },
            "required": ["code", "message", "details"],
        },
        DETAIL: {
            "type": "object",
            "description": "A google.rpc.ErrorInfo or a google.rpc.BadRequest.",
            "properties": {
                "@type": {
                    "type": "string",
                    "description": "Which of them it is.",
                    "enum": [TYPE_URL + BAD_REQUEST, TYPE_URL + ERROR_INFO],
                },
                **info,
                **violations,
            },
            "required": ["@type"],
            "x-oneOf": [{"$ref": DEFINITIONS + name} for name in (BAD_REQUEST, ERROR_INFO)],
        },
    }  # fmt: skip


def _detail(name: str, description: str, properties: Json, *required: str) -> Json:
    return {
        "type": "object",
        "description": description,
        "properties": {"@type": {"type": "string", "enum": [TYPE_URL + name]}, **properties},
        "required": ["@type", *(required or properties)],
    }


def http_status(reason: Reason) -> str:
    """Returns the HTTP status code of an error with this reason."""
    return str(reason.http_status or HTTP_STATUSES[StatusCode[reason.code_name]])


def description(reasons: Sequence[Reason]) -> str:
    """Returns the description of an error response with one of the reasons."""
    return "\n".join(f"- `{reason.name}`: {' '.join(reason.comment.split())}" for reason in reasons)


def error_response(
    reasons: Sequence[Reason], domain: str, values: Mapping[str, object], fields: Mapping[str, str]
) -> Json:
    """Returns an error response with one of the reasons. The first reason is the example.

    Args:
        reasons: The possible reasons.
        domain: The error domain of the reasons (google.rpc.ErrorInfo).
        values: Values for the parameters of the example's message that have no declared bound.
        fields: Field violations of the example, as field → description.
    """
    return {
        "description": description(reasons),
        "schema": {"$ref": DEFINITIONS + STATUS},
        "examples": {"application/json": _example(reasons[0], domain, values, fields)},
    }


def _example(
    reason: Reason, domain: str, values: Mapping[str, object], fields: Mapping[str, str]
) -> Json:
    filled = {**values, **reason.bounds}
    metadata = {name: str(filled.get(name, f"<{name}>")) for name in reason.parameters}
    info = {"reason": reason.name, "domain": domain, "metadata": metadata}
    details: list[Json] = [{"@type": TYPE_URL + ERROR_INFO, **info}]
    if fields:
        violations = [{"field": name, "description": text} for name, text in fields.items()]
        details.append({"@type": TYPE_URL + BAD_REQUEST, "field_violations": violations})
    message = reason.message.format_map(metadata)
    return {"code": reason.code, "message": message, "details": details}
