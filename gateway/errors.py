"""Errors as google.rpc.Status in JSON, with typed details (AIP-193)."""

from collections.abc import Mapping, Sequence
from typing import Final

import structlog
from google.protobuf import json_format
from google.protobuf.any_pb2 import Any
from google.protobuf.message import DecodeError
from google.rpc import error_details_pb2
from google.rpc.status_pb2 import Status
from grpc import StatusCode
from grpc.aio import AioRpcError

from gateway.answers import JSON, Answer
from gateway.problems import ProblemError
from gateway.statuses import http_status
from gateway.transcoding import to_json, write_bytes
from runtime.refusal import FieldViolation
from shop.errors.v1.error_reason_refusals import internal_error, service_unavailable
from shop.gateway.v1.error_reason_refusals import DOMAIN, deadline_exceeded

STATUS_DETAILS: Final = "grpc-status-details-bin"
TYPE: Final = "type.googleapis.com/"
ERROR_INFO: Final = error_details_pb2.ErrorInfo.DESCRIPTOR.full_name
BAD_REQUEST: Final = error_details_pb2.BadRequest.DESCRIPTOR.full_name
REASONS: Final = {
    StatusCode.UNAVAILABLE: service_unavailable().reason,
    StatusCode.UNKNOWN: internal_error().reason,
    StatusCode.INTERNAL: internal_error().reason,
}
"""The reasons for codes whose own name isn't the one that services use."""
TRANSPORT: Final = {each.code: each for each in (service_unavailable(), deadline_exceeded())}
"""What clients read instead of gRPC's own text, which tells addresses."""
PEER: Final = "Error received from peer"
"""How gRPC's own text starts when the error came from the server and not from the transport."""

log = structlog.get_logger()


def answer_problem(problem: ProblemError) -> Answer:
    """Returns the answer to a request that the gateway itself refuses."""
    refusal = problem.refusal
    details: list[object] = [_error_info(refusal.reason, refusal.metadata)]
    if refusal.violations:
        details.append(_bad_request(refusal.violations))
    status = refusal.http_status or http_status(refusal.code)
    body = _status(refusal.code, refusal.message, details)
    return Answer(status, [*problem.headers, JSON], body)


def answer_rpc_error(error: AioRpcError, *, late: bool = False) -> Answer:
    """Returns the answer to a request that the service refused, or that never reached it.

    `late` says that the deadline is over: a server that notices it first resets the stream, which
    gRPC reports as CANCELLED.
    """
    code = error.code()
    if late and code == StatusCode.CANCELLED:
        return answer_problem(ProblemError(deadline_exceeded()))
    status = _status_of(error)
    message = error.details() or ""
    details = [_detail(each) for each in status.details] if status else []
    if not details:
        if code in TRANSPORT and PEER not in (error.debug_error_string() or ""):
            log.warning("rpc failed on its way", code=code.name, error=message)
            return answer_problem(ProblemError(TRANSPORT[code]))
        details = [_error_info(REASONS.get(code, code.name), {})]
    return Answer(http_status(code), [JSON], _status(code, message, details))


def _status(code: StatusCode, message: str, details: list[object]) -> bytes:
    return to_json({"code": code.value[0], "message": message, "details": details})


def _error_info(reason: str, metadata: Mapping[str, str]) -> dict[str, object]:
    return {"@type": TYPE + ERROR_INFO, "reason": reason, "domain": DOMAIN, "metadata": metadata}


def _bad_request(violations: Sequence[FieldViolation]) -> dict[str, object]:
    return {
        "@type": TYPE + BAD_REQUEST,
        "field_violations": [
            {"field": each.field, "description": each.description} for each in violations
        ],
    }


def _status_of(error: AioRpcError) -> Status | None:
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
