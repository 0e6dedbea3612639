"""Tells gRPC's own errors from those of a service.

gRPC marks neither: a broken connection and a service that responds UNAVAILABLE differ in their text
only. The texts are those of gRPC's core, whose version is pinned; tests provoke them.
"""

import re
from typing import Final

from grpc import StatusCode
from grpc.aio import AioRpcError

from grpc_gateway_python.v1.gateway_errors import deadline_exceeded
from rpc_contract.errors import ServiceError
from rpc_contract.v1.contract_errors import internal_error, service_unavailable

LATE_SECONDS: Final = 0.05
"""A call with less time left than this counts as late, because clocks of server and client differ."""
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
"""Texts of a call that was lost on its way. A server that stops resets calls it hasn't begun: CANCELLED."""
ADDRESS: Final = r".*\b(?:ipv4|ipv6|unix|dns):"
"""An address in any other text of gRPC, which must not reach a client."""
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
    """Returns the response to an error that gRPC itself raised; None for an error of the service.

    `seconds_left` of the call's deadline decides what a reset means: a server that notices the
    deadline first resets the stream. It is None when the call has no deadline.
    """
    code, text = error.code(), error.details() or ""
    late = seconds_left is not None and seconds_left <= LATE_SECONDS
    if OWN_TEXT.match(text) is None and not (late and text == DEADLINE):
        return None
    return deadline_exceeded() if late and code == StatusCode.CANCELLED else ERRORS.get(code)


def was_lost(error: AioRpcError, seconds_left: float) -> bool:
    """Tells whether a call failed on its way, with time left for another."""
    return seconds_left > LATE_SECONDS and transport_error(error, seconds_left) is AWAY
