"""Distinguishes errors of grpcio from errors of a service.

A broken connection and a service that responds UNAVAILABLE have the same code and differ only in their text.
The texts are those of gRPC's core; tests provoke them, so that a new version with other texts fails.
"""

import re
from typing import Final

from grpc.aio import AioRpcError

from asyncio_grpc_http2 import RpcError, StatusCode

STATUS_DETAILS: Final = "grpc-status-details-bin"
UNREACHED: Final = (
    r"failed to connect to all addresses|connections to all backends failing"
    r"|errors resolving |empty address list"
)
LOST: Final = (
    r"Stream removed \(|Received http2 header with status: |No status received$"
    r"|Too many pings$|Cancelling all calls$|CANCELLED$"
)
"""Texts of a call whose connection was lost. A stopping server resets calls that it hasn't begun: CANCELLED."""
OWN_BOUND: Final = r"CLIENT: Received message larger than max "
"""The text of a response that exceeds the bound of the client."""
ADDRESS: Final = r".*\b(?:ipv4|ipv6|unix|dns):"
"""An address in another text of gRPC. It must not reach a client, so the error counts as gRPC's."""
OWN_TEXT: Final = re.compile(f"{UNREACHED}|{LOST}|{OWN_BOUND}|{ADDRESS}", re.DOTALL)


def rpc_error(error: AioRpcError) -> RpcError:
    """Returns the error of a call with the interface that both transports have."""
    text = error.details() or ""
    trailing = tuple(error.trailing_metadata() or ())
    details = dict(trailing).get(STATUS_DETAILS)
    return RpcError(
        StatusCode(error.code().value[0]),
        text,
        from_server=OWN_TEXT.match(text) is None,
        initial_metadata=tuple(error.initial_metadata() or ()),
        trailing_metadata=trailing,
        status_details=details if isinstance(details, bytes) else None,
    )
