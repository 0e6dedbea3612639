"""The deadline of a request, which its client sets by the Grpc-Timeout header."""

import re
from time import monotonic
from typing import Final, Self

from grpc_gateway_python._responses.errors import GatewayError
from grpc_gateway_python.v1.gateway_errors import deadline_exceeded
from rpc_contract.errors import FieldViolation
from rpc_contract.v1.contract_errors import invalid_request

HEADER: Final = b"grpc-timeout"
DURATION: Final = re.compile(rb"([0-9]{1,8})([HMSmun])")
UNIT_SECONDS: Final = {b"H": 3600.0, b"M": 60.0, b"S": 1.0, b"m": 1e-3, b"u": 1e-6, b"n": 1e-9}


class Deadline:
    """A deadline that the client set. Its time starts at the end of the request's head."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._end = monotonic() + seconds

    @classmethod
    def of(cls, value: bytes | None, seconds_max: float) -> Self | None:
        """Returns the deadline of a Grpc-Timeout header, at most `seconds_max`.

        Raises:
            GatewayError: The value is not a gRPC timeout such as `500m`, or it is zero.
        """
        if value is None:
            return None
        match = DURATION.fullmatch(value)
        if match is None:
            violation = FieldViolation(HEADER.decode(), "must be digits and a unit, such as 500m")
            raise GatewayError(invalid_request().with_violations([violation]))
        seconds = int(match[1]) * UNIT_SECONDS[match[2]]
        if not seconds:
            raise GatewayError(deadline_exceeded())
        return cls(min(seconds, seconds_max))

    def seconds_left(self) -> float:
        """Returns the time that is left, in seconds.

        Raises:
            GatewayError: The deadline is exceeded.
        """
        seconds = self._end - monotonic()
        if seconds <= 0:
            raise GatewayError(deadline_exceeded())
        return seconds
