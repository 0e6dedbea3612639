"""The errors that a gateway answers before a service sees the request.

They are the same for every operation, so each is one shared response.
"""

from dataclasses import dataclass

from codegen.openapi_refiner.document import DEFINITIONS, Json
from codegen.openapi_refiner.errors import STATUS, error_example, headers
from codegen.openapi_refiner.operations import Operation

RESPONSES = "#/responses/"
INVALID_ARGUMENT = 3
DEADLINE_EXCEEDED = 4


@dataclass(frozen=True)
class GatewayError:
    """One shared response."""

    name: str
    http_status: str
    code: int
    reason: str
    comment: str
    message: str
    needs_body: bool = False


ERRORS = (
    GatewayError(
        "NotAcceptable", "406", INVALID_ARGUMENT, "NOT_ACCEPTABLE",
        "The client takes no JSON.", "Answers are application/json; Accept must allow it.",
    ),
    GatewayError(
        "RequestTimeout", "408", DEADLINE_EXCEEDED, "REQUEST_TIMEOUT",
        "The body came too slowly.", "The body must arrive within 15 seconds.", needs_body=True,
    ),
    GatewayError(
        "BodyTooLarge", "413", INVALID_ARGUMENT, "BODY_TOO_LARGE",
        "The body is larger than the gateway takes.", "A body may have 1048576 bytes.", needs_body=True,
    ),
    GatewayError(
        "UnsupportedMediaType", "415", INVALID_ARGUMENT, "UNSUPPORTED_MEDIA_TYPE",
        "The body is not said to be JSON.",
        "A body must be application/json in UTF-8, without Content-Encoding.", needs_body=True,
    ),
    GatewayError(
        "HeadersTooLarge", "431", INVALID_ARGUMENT, "HEADERS_TOO_LARGE",
        "Request line and headers are larger than the gateway takes.",
        "Request line and headers may have 16384 bytes.",
    ),
    GatewayError(
        "DeadlineExceeded", "504", DEADLINE_EXCEEDED, "DEADLINE_EXCEEDED",
        "The service did not answer in time.", "Deadline Exceeded",
    ),
)  # fmt: skip


def refine_gateway_errors(document: Json, operations: list[Operation], domain: str) -> None:
    """Adds the gateway's errors to every operation that can meet them."""
    if not domain:
        return
    document["responses"] = {error.name: _response(error, domain) for error in ERRORS}
    for operation in operations:
        responses = operation.node["responses"]
        for error in ERRORS:
            if operation.body is not None or not error.needs_body:
                responses.setdefault(error.http_status, {"$ref": RESPONSES + error.name})
        operation.node["responses"] = dict(sorted(responses.items()))


def _response(error: GatewayError, domain: str) -> Json:
    info: Json = {"reason": error.reason, "domain": domain, "metadata": {}}
    return {
        "description": f"- `{error.reason}`: {error.comment}",
        "schema": {"$ref": DEFINITIONS + STATUS},
        "examples": {"application/json": error_example(error.code, error.message, info, {})},
        "headers": headers(),
    }
