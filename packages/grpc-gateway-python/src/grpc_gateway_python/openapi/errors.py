"""Error responses: google.rpc.Status with typed details (AIP-193)."""

from collections.abc import Iterable, Mapping, Sequence

from grpc import StatusCode

from grpc_gateway_python.openapi.document import DEFINITIONS, DISCRIMINATOR, JSON_TYPE, Json
from grpc_gateway_python.openapi.known_values import extensible, values_definition
from rpc_contract.errors import FieldViolation
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
ACCEPT: Json = {
    "type": "string",
    "x-required": True,
    "description": "The media type that a body must have (RFC 9110, section 12.5.1).",
}
HEADERS_OF_REASONS: dict[str, Json] = {
    "SCOPE_MISSING": {"WWW-Authenticate": CHALLENGE},
    "TOO_MANY_REQUESTS": {"Retry-After": RETRY_AFTER},
    "UNAUTHENTICATED": {"WWW-Authenticate": CHALLENGE},
    "UNSUPPORTED_MEDIA_TYPE": {"Accept": ACCEPT},
}
"""Reason → the headers of its responses."""


def headers(status: str, reasons: Sequence[Reason] = ()) -> Json:
    """Returns the headers of a response with this status and one of the reasons.

    A header that only some of the reasons have is not required.
    """
    found: Json = {"X-Request-Id": dict(REQUEST_ID)}
    if status == UNAVAILABLE:
        found["Retry-After"] = dict(RETRY_AFTER)
    declared = [HEADERS_OF_REASONS.get(reason.name, {}) for reason in reasons]
    for of_reason in declared:
        for name, header in of_reason.items():
            always = all(name in other for other in declared)
            found[name] = {
                key: value for key, value in header.items() if always or key != "x-required"
            }
    return found


def error_definitions(reasons: Iterable[Reason]) -> Json:
    """Returns the definitions that an error response refers to.

    Swagger 2.0 has no `oneOf`, so its definition of a detail has the members of both alternatives. `x-oneOf` becomes
    `oneOf` in OpenAPI 3.0, with a `discriminator`. The one of Swagger 2.0 can't say this: its values are names of
    definitions, and the alternatives would have to extend the definition.
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
            DISCRIMINATOR: "@type",
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
    reasons: Sequence[Reason],
    domain: str,
    values: Mapping[str, object],
    violations: Sequence[FieldViolation],
) -> Json:
    """Returns an error response with one of the reasons. The first reason is the example.

    Args:
        reasons: The possible reasons.
        domain: The error domain of the reasons (google.rpc.ErrorInfo).
        values: Values for the parameters of the example's message that have no declared bound.
        violations: The field violations of the example.
    """
    return {
        "description": description(reasons),
        "schema": {"$ref": DEFINITIONS + STATUS},
        "examples": {JSON_TYPE: _example(reasons[0], domain, values, violations)},
    }


def _example(
    reason: Reason,
    domain: str,
    values: Mapping[str, object],
    violations: Sequence[FieldViolation],
) -> Json:
    filled = {**values, **reason.bounds}
    metadata = {name: str(filled.get(name, f"<{name}>")) for name in reason.parameters}
    info = {"reason": reason.name, "domain": domain, "metadata": metadata}
    details: list[Json] = [{"@type": TYPE_URL + ERROR_INFO, **info}]
    if violations:
        found = [
            {"field": violation.field, "description": violation.description}
            for violation in violations
        ]
        details.append({"@type": TYPE_URL + BAD_REQUEST, "field_violations": found})
    message = reason.message.format_map(metadata)
    return {"code": reason.code, "message": message, "details": details}
