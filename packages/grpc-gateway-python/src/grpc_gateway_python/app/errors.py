"""Errors as google.rpc.Status in JSON, with typed details (AIP-193)."""

from collections.abc import Mapping, Sequence
from typing import Final

import structlog
from google.protobuf.message import DecodeError
from google.rpc import error_details_pb2
from google.rpc.status_pb2 import Status
from grpc import StatusCode
from grpc.aio import AioRpcError

from grpc_gateway_python.http.answers import JSON, RETRY_AFTER, Answer
from grpc_gateway_python.http.problems import Headers, ProblemError
from grpc_gateway_python.transcoding import DetailWriter, to_json
from grpc_gateway_python.upstream.transport import transport_refusal
from rpc_contract.errors import FieldViolation
from rpc_contract.statuses import http_status
from rpc_contract.v1.contract_errors import internal_error, service_unavailable

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
log = structlog.get_logger()


def answer_problem(problem: ProblemError, domain: str) -> Answer:
    """Returns the answer to a request that the gateway itself refuses."""
    refusal = problem.refusal
    details: list[object] = [_error_info(refusal.reason, refusal.metadata, domain)]
    if refusal.violations:
        details.append(_bad_request(refusal.violations))
    status = refusal.http_status or http_status(refusal.code)
    body = _status(refusal.code, refusal.message, details)
    return Answer(status, [*problem.headers, JSON], body)


def answer_rpc_error(
    error: AioRpcError, seconds_left: float | None, write_detail: DetailWriter, domain: str
) -> Answer:
    """Returns the answer to a request that the service refused, or that never reached it.

    `seconds_left` is what was left of the call's deadline, None when it has none.
    """
    code, message = error.code(), error.details() or ""
    status = _status_of(error)
    details = [write_detail(each) for each in status.details] if status else []
    if not details:
        refusal = transport_refusal(error, seconds_left)
        if refusal is not None:
            log.warning("rpc failed on its way", code=code.name, error=message)
            return answer_problem(ProblemError(refusal), domain)
        details = [_error_info(REASONS.get(code, code.name), {}, domain)]
    headers = [JSON, *_retry_after(status, error)] if status else [JSON]
    return Answer(http_status(code), headers, _status(code, message, details))


def _retry_after(status: Status, error: AioRpcError) -> Headers:
    """Returns for HTTP what google.rpc.RetryInfo says, in whole seconds; metadata goes before it."""
    metadata = (*(error.initial_metadata() or ()), *(error.trailing_metadata() or ()))
    if RETRY_AFTER.decode() in dict(metadata):
        return []
    info = error_details_pb2.RetryInfo()
    for detail in status.details:
        try:
            found = detail.Unpack(info)
        except DecodeError:
            continue
        if found:
            delay = info.retry_delay
            return [(RETRY_AFTER, b"%d" % max(0, delay.seconds + (delay.nanos > 0)))]
    return []


def _status(code: StatusCode, message: str, details: Sequence[object]) -> bytes:
    return to_json({"code": code.value[0], "message": message, "details": details})


def _error_info(reason: str, metadata: Mapping[str, str], domain: str) -> dict[str, object]:
    return {"@type": TYPE + ERROR_INFO, "reason": reason, "domain": domain, "metadata": metadata}


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
