"""One log line per rejected request, and no more lines than somebody can read."""

import time
from typing import Final

import structlog

from grpc_gateway_python._access.errors import AccessError

LINES_PER_SECOND_MAX: Final = 50
"""A flood of rejected requests writes no more lines; the next line has the number of those left out."""

log = structlog.get_logger()


class AccessLog:
    """Logs who was rejected where, and why: never a token, a key, or a value of the request."""

    def __init__(self) -> None:
        self._second = 0
        self._lines = 0
        self._left_out = 0

    def rejected(self, error: AccessError, request_id: bytes) -> None:
        """Logs a rejected request, unless too many were logged in this second."""
        second = int(time.monotonic())
        if second != self._second:
            self._second, self._lines = second, 0
        if self._lines >= LINES_PER_SECOND_MAX:
            self._left_out += 1
            return
        self._lines += 1
        left_out, self._left_out = self._left_out, 0
        log.warning(
            "access rejected",
            route=error.route,
            reason=error.error.reason,
            detail=error.detail or None,
            subject=error.subject,
            request_id=request_id.decode("ascii"),
            lines_left_out=left_out or None,
        )


ACCESS_LOG: Final = AccessLog()
"""The log of this process, whose rate it bounds."""
