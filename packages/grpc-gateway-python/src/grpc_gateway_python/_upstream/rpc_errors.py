"""Responses to calls that failed: the service's google.rpc.Status in JSON (AIP-193)."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import structlog
from google.protobuf.message import DecodeError
from google.rpc import error_details_pb2
from google.rpc.status_pb2 import Status
from grpc import StatusCode

from asyncio_grpc_http2 import RpcError
from grpc_gateway_python._responses.error_responses import error_info, error_response, status_json
from grpc_gateway_python._responses.errors import GatewayError
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
STATUSES_MAX: Final = 256
"""Statuses whose JSON is kept: the same error of a service has the same status."""
STATUS_BYTES_MAX: Final = 1024
"""The JSON of larger statuses isn't kept."""
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class WrittenStatus:
    """A service's status as JSON."""

    body: bytes
    retry_after: bytes | None
    """The delay of google.rpc.RetryInfo in whole seconds."""


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
    code = CODES[error.code]
    written = _written_status(error, code, write_detail)
    if written is not None:
        response = Response(http_status(code), [JSON], written.body)
        if written.retry_after is not None and not _has_retry_after(error):
            response.headers.append((RETRY_AFTER, written.retry_after))
        return response
    lost = transport_error(error, seconds_left)
    if lost is not None:
        log.warning("rpc failed on its way", code=code.name, error=error.message)
        return error_response(GatewayError(lost), domain)
    details = [error_info(REASONS.get(code, code.name), {}, domain)]
    return Response(http_status(code), [JSON], status_json(code, error.message, details))


def _written_status(
    error: RpcError, code: StatusCode, write_detail: DetailWriter
) -> WrittenStatus | None:
    """Returns the status that the service sent; None when it sent none with details, or one that can't be read."""
    details, message = error.status_details, error.message
    if not details:
        return None
    is_small = len(details) + len(message) <= STATUS_BYTES_MAX
    write = _write_status if is_small else _write_status.__wrapped__
    try:
        return write(code, message, details, write_detail)
    except DecodeError:
        log.warning("service sent a status that can't be read")
        return None


@lru_cache(STATUSES_MAX)
def _write_status(
    code: StatusCode, message: str, serialized: bytes, write_detail: DetailWriter
) -> WrittenStatus | None:
    status = Status.FromString(serialized)
    details = [write_detail(detail) for detail in status.details]
    if not details:
        return None
    return WrittenStatus(status_json(code, message, details), _retry_after(status))


def _retry_after(status: Status) -> bytes | None:
    for detail in status.details:
        if detail.type_url.endswith(RETRY_INFO):
            try:
                delay = error_details_pb2.RetryInfo.FromString(detail.value).retry_delay
            except DecodeError:
                continue
            return b"%d" % max(0, delay.seconds + (delay.nanos > 0))
    return None


def _has_retry_after(error: RpcError) -> bool:
    """Returns whether metadata has a Retry-After, which takes precedence over google.rpc.RetryInfo."""
    return RETRY_AFTER.decode() in dict((*error.initial_metadata, *error.trailing_metadata))
