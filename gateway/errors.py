"""Errors as google.rpc.Status in JSON, with typed details (AIP-193)."""

from collections.abc import Sequence
from typing import Final

import grpc
import structlog
from google.protobuf import json_format
from google.protobuf.any_pb2 import Any
from google.protobuf.message import DecodeError
from google.rpc import code_pb2, error_details_pb2
from google.rpc.status_pb2 import Status

from gateway.answers import JSON, Answer
from gateway.problems import ProblemError
from gateway.statuses import http_status
from gateway.transcoding import Violation, to_json, write_bytes

STATUS_DETAILS: Final = "grpc-status-details-bin"
TYPE: Final = "type.googleapis.com/"
ERROR_INFO: Final = error_details_pb2.ErrorInfo.DESCRIPTOR.full_name
BAD_REQUEST: Final = error_details_pb2.BadRequest.DESCRIPTOR.full_name
REASONS: Final[dict[int, str]] = {
    code_pb2.UNAVAILABLE: "SERVICE_UNAVAILABLE",
    code_pb2.UNKNOWN: "INTERNAL_ERROR",
    code_pb2.INTERNAL: "INTERNAL_ERROR",
}
"""The reasons for codes whose own name isn't the one that services use."""
TRANSPORT_MESSAGES: Final[dict[int, str]] = {
    code_pb2.UNAVAILABLE: "The service is not available for the moment.",
    code_pb2.DEADLINE_EXCEEDED: "The service did not answer in time.",
}
"""What clients read instead of gRPC's own text, which tells addresses."""
PEER: Final = "Error received from peer"
"""How gRPC's own text starts when the error came from the server and not from the transport."""

log = structlog.get_logger()


def answer_problem(problem: ProblemError, domain: str) -> Answer:
    """Returns the answer to a request that the gateway itself refuses."""
    details: list[object] = [_error_info(problem.reason, domain)]
    if problem.violations:
        details.append(_bad_request(problem.violations))
    body = _status(problem.code, problem.message, details)
    return Answer(problem.status, [*problem.headers, JSON], body)


def answer_rpc_error(error: grpc.aio.AioRpcError, domain: str, *, late: bool = False) -> Answer:
    """Returns the answer to a request that the service refused, or that never reached it.

    `late` says that the deadline is over: a server that notices it first resets the stream, which
    gRPC reports as CANCELLED.
    """
    code: int = error.code().value[0]
    if late and code == code_pb2.CANCELLED:
        body = _own_status(code_pb2.DEADLINE_EXCEEDED, domain)
        return Answer(http_status(code_pb2.DEADLINE_EXCEEDED), [JSON], body)
    status = _status_of(error)
    message = error.details() or ""
    details = [_detail(each) for each in status.details] if status else []
    if not details:
        if code in TRANSPORT_MESSAGES and PEER not in (error.debug_error_string() or ""):
            log.warning("rpc failed on its way", code=error.code().name, error=message)
            message = TRANSPORT_MESSAGES[code]
        details = [_error_info(REASONS.get(code, error.code().name), domain)]
    return Answer(http_status(code), [JSON], _status(code, message, details))


def _own_status(code: int, domain: str) -> bytes:
    info = _error_info(REASONS.get(code, code_pb2.Code.Name(code)), domain)
    return _status(code, TRANSPORT_MESSAGES[code], [info])


def _status(code: int, message: str, details: list[object]) -> bytes:
    return to_json({"code": code, "message": message, "details": details})


def _error_info(reason: str, domain: str) -> dict[str, object]:
    return {"@type": TYPE + ERROR_INFO, "reason": reason, "domain": domain, "metadata": {}}


def _bad_request(violations: Sequence[Violation]) -> dict[str, object]:
    return {
        "@type": TYPE + BAD_REQUEST,
        "field_violations": [
            {"field": each.field, "description": each.description} for each in violations
        ],
    }


def _status_of(error: grpc.aio.AioRpcError) -> Status | None:
    for key, value in error.trailing_metadata() or ():
        if key == STATUS_DETAILS and isinstance(value, bytes):
            try:
                return Status.FromString(value)
            except DecodeError:
                log.warning("service sent a status that can't be read")
    return None


def _detail(detail: Any) -> object:
    """Returns a detail as JSON; of one whose type is not known here, its type and its bytes."""
    try:
        json: dict[str, object] = json_format.MessageToDict(
            detail, preserving_proto_field_name=True
        )
    except (TypeError, DecodeError, json_format.SerializeToJsonError):
        return {"@type": detail.type_url, "value": write_bytes(detail.value)}
    if detail.type_url.endswith(f"/{ERROR_INFO}"):
        json.setdefault("metadata", {})
    return json
