"""Responses to errors of the gateway: google.rpc.Status in JSON with typed details (AIP-193)."""

from collections.abc import Mapping, Sequence
from typing import Final

from google.rpc import error_details_pb2
from grpc import StatusCode

from grpc_gateway_python._responses.errors import GatewayError
from grpc_gateway_python._responses.responses import JSON, Response
from grpc_gateway_python.transcoding import to_json
from rpc_contract.errors import FieldViolation
from rpc_contract.statuses import http_status

TYPE: Final = "type.googleapis.com/"
ERROR_INFO: Final = error_details_pb2.ErrorInfo.DESCRIPTOR.full_name
BAD_REQUEST: Final = error_details_pb2.BadRequest.DESCRIPTOR.full_name


def error_response(gateway_error: GatewayError, domain: str) -> Response:
    """Returns the response to a request that the gateway itself rejects.

    Args:
        gateway_error: The error, and the headers of its response.
        domain: The `domain` of the google.rpc.ErrorInfo, unless the error has its own.
    """
    error = gateway_error.error
    details: list[object] = [
        error_info(error.reason, error.metadata, gateway_error.domain or domain)
    ]
    if error.violations:
        details.append(_bad_request(error.violations))
    status = error.http_status or http_status(error.code)
    body = status_json(error.code, error.message, details)
    return Response(status, [*gateway_error.headers, JSON], body)


def status_json(code: StatusCode, message: str, details: Sequence[object]) -> bytes:
    """Returns a google.rpc.Status in JSON."""
    return to_json({"code": code.value[0], "message": message, "details": details})


def error_info(reason: str, metadata: Mapping[str, str], domain: str) -> dict[str, object]:
    """Returns a google.rpc.ErrorInfo as a detail in JSON."""
    return {"@type": TYPE + ERROR_INFO, "reason": reason, "domain": domain, "metadata": metadata}


def _bad_request(violations: Sequence[FieldViolation]) -> dict[str, object]:
    return {
        "@type": TYPE + BAD_REQUEST,
        "field_violations": [
            {"field": violation.field, "description": violation.description}
            for violation in violations
        ],
    }
