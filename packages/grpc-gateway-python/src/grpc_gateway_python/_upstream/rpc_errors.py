"""Responses to calls that failed: the service's google.rpc.Status in JSON (AIP-193)."""

from typing import Final

import structlog
from google.protobuf.message import DecodeError
from google.rpc import error_details_pb2
from google.rpc.status_pb2 import Status
from grpc import StatusCode

from asyncio_grpc_http2 import RpcError
from grpc_gateway_python._responses.error_responses import error_info, error_response, status_json
from grpc_gateway_python._responses.errors import GatewayError, Headers
from grpc_gateway_python._responses.responses import JSON, RETRY_AFTER, Response
from grpc_gateway_python._upstream.transport_errors import transport_error
from grpc_gateway_python.transcoding import DetailWriter
from rpc_contract.statuses import http_status
from rpc_contract.v1.contract_errors import internal_error, service_unavailable

REASONS: Final = {
    StatusCode.UNAVAILABLE: service_unavailable().reason,
    StatusCode.UNKNOWN: internal_error().reason,
    StatusCode.INTERNAL: internal_error().reason,
}
"""Reasons of codes for which services use another reason than the code's name."""
RETRY_INFO: Final = f"/{error_details_pb2.RetryInfo.DESCRIPTOR.full_name}"
"""How the type URL of a google.rpc.RetryInfo ends. Unpacking each detail only to see its type costs more."""
CODES: Final = {code.value[0]: code for code in StatusCode}
log = structlog.get_logger()


def rpc_error_response(
    error: RpcError, seconds_left: float | None, write_detail: DetailWriter, domain: str
) -> Response:
    """Returns the response to a request whose call failed in the service or in the transport.

    Args:
        error: The call's error.
        seconds_left: The rest of the call's deadline; None when the call has no deadline.
        write_detail: Writes the details of the service's error.
        domain: The `domain` of the google.rpc.ErrorInfo when the service sent no detail.
    """
    code, message = CODES[error.code], error.message
    status = _status_of(error)
    details = [write_detail(detail) for detail in status.details] if status else []
    if not details:
        lost = transport_error(error, seconds_left)
        if lost is not None:
            log.warning("rpc failed on its way", code=code.name, error=message)
            return error_response(GatewayError(lost), domain)
        details = [error_info(REASONS.get(code, code.name), {}, domain)]
    headers = [JSON, *_retry_after(status, error)] if status else [JSON]
    return Response(http_status(code), headers, status_json(code, message, details))


def _retry_after(status: Status, error: RpcError) -> Headers:
    """Returns google.rpc.RetryInfo as Retry-After in whole seconds, unless metadata has a Retry-After."""
    for detail in status.details:
        if not detail.type_url.endswith(RETRY_INFO):
            continue
        metadata = (*error.initial_metadata, *error.trailing_metadata)
        if RETRY_AFTER.decode() in dict(metadata):
            return []
        try:
            delay = error_details_pb2.RetryInfo.FromString(detail.value).retry_delay
        except DecodeError:
            continue
        else:
            return [(RETRY_AFTER, b"%d" % max(0, delay.seconds + (delay.nanos > 0)))]
    return []


def _status_of(error: RpcError) -> Status | None:
    if error.status_details is None:
        return None
    try:
        return Status.FromString(error.status_details)
    except DecodeError:
        log.warning("service sent a status that can't be read")
        return None
