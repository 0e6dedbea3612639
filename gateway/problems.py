"""The gateway's own errors: what a request gets wrong before any service sees it."""

from collections.abc import Sequence
from typing import Final

from google.rpc import code_pb2

from gateway.transcoding import Violation

Headers = list[tuple[bytes, bytes]]


class ProblemError(Exception):
    """An error answer: an HTTP status, and what google.rpc.Status and ErrorInfo say of it."""

    def __init__(
        self,
        status: int,
        code: int,
        reason: str,
        message: str,
        *,
        violations: Sequence[Violation] = (),
        headers: Sequence[tuple[bytes, bytes]] = (),
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.reason = reason
        self.message = message
        self.violations = violations
        self.headers = headers


INVALID_REQUEST: Final = "INVALID_REQUEST"
"""The reason that services give, too, when a request breaks its contract."""


def invalid_request(violations: Sequence[Violation]) -> ProblemError:
    """The request breaks its contract."""
    return ProblemError(
        400,
        code_pb2.INVALID_ARGUMENT,
        INVALID_REQUEST,
        "The request is not valid.",
        violations=violations,
    )


def not_found() -> ProblemError:
    """No operation has this path."""
    return ProblemError(404, code_pb2.NOT_FOUND, "ROUTE_NOT_FOUND", "There is nothing here.")


def method_not_allowed(allowed: Sequence[str]) -> ProblemError:
    """The path has operations, but none for this HTTP method."""
    allow = ", ".join(allowed)
    return ProblemError(
        405,
        code_pb2.UNIMPLEMENTED,
        "METHOD_NOT_ALLOWED",
        f"Only {allow} can be used here.",
        headers=[(b"allow", allow.encode())],
    )


def not_acceptable() -> ProblemError:
    """The client takes no JSON."""
    return ProblemError(
        406,
        code_pb2.INVALID_ARGUMENT,
        "NOT_ACCEPTABLE",
        "Answers are application/json; Accept must allow it.",
    )


def body_timeout(seconds: float) -> ProblemError:
    """The body came too slowly."""
    return ProblemError(
        408,
        code_pb2.DEADLINE_EXCEEDED,
        "REQUEST_TIMEOUT",
        f"The body must arrive within {seconds:g} seconds.",
        headers=[(b"connection", b"close")],
    )


def body_too_large(bytes_max: int) -> ProblemError:
    """The body is larger than the gateway takes."""
    return ProblemError(
        413,
        code_pb2.INVALID_ARGUMENT,
        "BODY_TOO_LARGE",
        f"A body may have {bytes_max} bytes.",
        headers=[(b"connection", b"close")],
    )


def unsupported_media_type() -> ProblemError:
    """The body is not said to be JSON."""
    return ProblemError(
        415,
        code_pb2.INVALID_ARGUMENT,
        "UNSUPPORTED_MEDIA_TYPE",
        "A body must be application/json in UTF-8, without Content-Encoding.",
        headers=[(b"accept", b"application/json")],
    )


def headers_too_large(bytes_max: int) -> ProblemError:
    """Request line and headers are larger than the gateway takes."""
    return ProblemError(
        431,
        code_pb2.INVALID_ARGUMENT,
        "HEADERS_TOO_LARGE",
        f"Request line and headers may have {bytes_max} bytes.",
        headers=[(b"connection", b"close")],
    )


def not_http() -> ProblemError:
    """What came in can't be parsed as HTTP/1.1."""
    return ProblemError(
        400,
        code_pb2.INVALID_ARGUMENT,
        "INVALID_HTTP",
        "The request is not valid HTTP/1.1.",
        headers=[(b"connection", b"close")],
    )


def overloaded() -> ProblemError:
    """More requests are in work than the gateway takes."""
    return ProblemError(
        503,
        code_pb2.UNAVAILABLE,
        "SERVICE_UNAVAILABLE",
        "The gateway has too many requests in work; retry later.",
        headers=[(b"retry-after", b"1")],
    )


def internal_error() -> ProblemError:
    """The gateway failed."""
    return ProblemError(500, code_pb2.INTERNAL, "INTERNAL_ERROR", "The gateway failed.")
