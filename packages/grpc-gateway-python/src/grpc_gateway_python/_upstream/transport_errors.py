"""The gateway's errors for calls that failed in the transport."""

from typing import Final

from asyncio_grpc_http2 import RpcError, StatusCode
from grpc_gateway_python.v1.gateway_errors import deadline_exceeded
from rpc_contract.errors import ServiceError
from rpc_contract.v1.contract_errors import internal_error, service_unavailable

LATE_SECONDS: Final = 0.05
"""A call with less time left counts as late, because the clocks of server and client differ."""
DEADLINE: Final = "Deadline Exceeded"
"""The text with which gRPC's servers and clients end a call at its deadline."""
AWAY: Final = service_unavailable()
ERRORS: Final = {
    StatusCode.UNAVAILABLE: AWAY,
    StatusCode.CANCELLED: AWAY,
    StatusCode.DEADLINE_EXCEEDED: deadline_exceeded(),
    StatusCode.UNKNOWN: internal_error(),
    StatusCode.INTERNAL: internal_error(),
}


def transport_error(error: RpcError, seconds_left: float | None) -> ServiceError | None:
    """Returns the gateway's error for an error of the transport; None for an error of the service.

    An error of the transport with any other code than those of ERRORS, such as a response that is too large or a 404
    of a proxy, is an internal error: its code would look like one of the service.

    Args:
        error: The call's error.
        seconds_left: The rest of the call's deadline; None when the call has no deadline. A server that
            notices the deadline first resets the stream, so a reset of a late call means DEADLINE_EXCEEDED.
    """
    late = seconds_left is not None and seconds_left <= LATE_SECONDS
    if error.from_server and not (late and error.message == DEADLINE):
        return None
    return (
        deadline_exceeded()
        if late and error.code == StatusCode.CANCELLED
        else ERRORS.get(error.code, internal_error())
    )


def was_lost(error: RpcError, seconds_left: float) -> bool:
    """Tells whether the transport failed, with time left to repeat the call."""
    return seconds_left > LATE_SECONDS and transport_error(error, seconds_left) is AWAY
