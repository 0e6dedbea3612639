"""Distinguishes errors of the gRPC transport from errors of a service.

A broken connection and a service that responds UNAVAILABLE have the same code and differ only in their text.
The texts are those of gRPC's core; tests provoke them, so that a new version with other texts fails.
"""

import re
from typing import Final

from grpc import StatusCode
from grpc.aio import AioRpcError

from grpc_gateway_python.v1.gateway_errors import deadline_exceeded
from rpc_contract.errors import ServiceError
from rpc_contract.v1.contract_errors import internal_error, service_unavailable

LATE_SECONDS: Final = 0.05
"""A call with less time left counts as late, because the clocks of server and client differ."""
DEADLINE: Final = "Deadline Exceeded"
"""gRPC's text when it ends a call at its deadline."""
UNREACHED: Final = (
    r"failed to connect to all addresses|connections to all backends failing"
    r"|errors resolving |empty address list"
)
LOST: Final = (
    r"Stream removed \(|Received http2 header with status: |No status received$"
    r"|Too many pings$|Cancelling all calls$|CANCELLED$"
)
"""Texts of a call whose connection was lost. A stopping server resets calls that it hasn't begun: CANCELLED."""
ADDRESS: Final = r".*\b(?:ipv4|ipv6|unix|dns):"
"""An address in another text of gRPC. It must not reach a client, so the error counts as gRPC's."""
OWN_TEXT: Final = re.compile(f"{UNREACHED}|{LOST}|{ADDRESS}", re.DOTALL)
AWAY: Final = service_unavailable()
ERRORS: Final = {
    StatusCode.UNAVAILABLE: AWAY,
    StatusCode.CANCELLED: AWAY,
    StatusCode.DEADLINE_EXCEEDED: deadline_exceeded(),
    StatusCode.UNKNOWN: internal_error(),
    StatusCode.INTERNAL: internal_error(),
}


def transport_error(error: AioRpcError, seconds_left: float | None) -> ServiceError | None:
    """Returns the gateway's error for an error of the gRPC transport; None for an error of the service.

    Args:
        error: The call's error.
        seconds_left: The rest of the call's deadline; None when the call has no deadline. A server that
            notices the deadline first resets the stream, so a reset of a late call means DEADLINE_EXCEEDED.
    """
    code, text = error.code(), error.details() or ""
    late = seconds_left is not None and seconds_left <= LATE_SECONDS
    if OWN_TEXT.match(text) is None and not (late and text == DEADLINE):
        return None
    return deadline_exceeded() if late and code == StatusCode.CANCELLED else ERRORS.get(code)


def was_lost(error: AioRpcError, seconds_left: float) -> bool:
    """Tells whether the transport failed, with time left to repeat the call."""
    return seconds_left > LATE_SECONDS and transport_error(error, seconds_left) is AWAY
