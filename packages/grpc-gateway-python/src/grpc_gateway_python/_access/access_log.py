"""One log line per rejected request, and a bounded number of lines per second."""

from typing import Final

import structlog

from grpc_gateway_python._access.errors import AccessError
from rpc_access import LogRate

log = structlog.get_logger()


class AccessLog:
    """Logs who was rejected where, and why: never a token, a key, or a value of the request."""

    def __init__(self) -> None:
        self._rate = LogRate()

    def rejected(self, error: AccessError, request_id: bytes) -> None:
        """Logs a rejected request, unless too many were logged in this second."""
        left_out = self._rate.next_line()
        if left_out is None:
            return
        values = {
            "route": error.route,
            "reason": error.error.reason,
            "detail": error.detail,
            "subject": error.subject,
            "request_id": request_id.decode("ascii"),
            "lines_left_out": left_out,
        }
        log.warning("access rejected", **{name: value for name, value in values.items() if value})


ACCESS_LOG: Final = AccessLog()
"""The log of this process, whose rate it bounds."""
