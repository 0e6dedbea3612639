"""Errors by reason. Generated from grpc_gateway_python/v1/gateway.proto by protoc-gen-errors-python; do not edit."""

from typing import Final

from grpc import StatusCode

from rpc_contract.errors import ServiceError

REQUEST_TIMEOUT_SECONDS_MAX: Final = 15
BODY_TOO_LARGE_BYTES_MAX: Final = 1048576
HEADERS_TOO_LARGE_BYTES_MAX: Final = 16384


def route_not_found() -> ServiceError:
    """No operation has this path."""
    return ServiceError(
        StatusCode.NOT_FOUND,
        "ROUTE_NOT_FOUND",
        "There is nothing here.",
    )


def method_not_allowed(*, methods: object) -> ServiceError:
    """The path has operations, but none for this HTTP method."""
    return ServiceError(
        StatusCode.UNIMPLEMENTED,
        "METHOD_NOT_ALLOWED",
        f"Only {methods} can be used here.",
        {"methods": str(methods)},
        http_status=405,
    )


def not_acceptable() -> ServiceError:
    """The client takes no JSON."""
    return ServiceError(
        StatusCode.INVALID_ARGUMENT,
        "NOT_ACCEPTABLE",
        "Answers are application/json; Accept must allow it.",
        http_status=406,
    )


def request_timeout(*, seconds_max: object) -> ServiceError:
    """The body came too slowly."""
    return ServiceError(
        StatusCode.DEADLINE_EXCEEDED,
        "REQUEST_TIMEOUT",
        f"The body must arrive within {seconds_max} seconds.",
        {"seconds_max": str(seconds_max)},
        http_status=408,
    )


def body_too_large(*, bytes_max: object) -> ServiceError:
    """The body is larger than the gateway takes."""
    return ServiceError(
        StatusCode.INVALID_ARGUMENT,
        "BODY_TOO_LARGE",
        f"A body may have {bytes_max} bytes.",
        {"bytes_max": str(bytes_max)},
        http_status=413,
    )


def unsupported_media_type() -> ServiceError:
    """The body is not said to be JSON."""
    return ServiceError(
        StatusCode.INVALID_ARGUMENT,
        "UNSUPPORTED_MEDIA_TYPE",
        "A body must be application/json in UTF-8, without Content-Encoding.",
        http_status=415,
    )


def headers_too_large(*, bytes_max: object) -> ServiceError:
    """Request line and headers are larger than the gateway takes."""
    return ServiceError(
        StatusCode.INVALID_ARGUMENT,
        "HEADERS_TOO_LARGE",
        f"Request line and headers may have {bytes_max} bytes.",
        {"bytes_max": str(bytes_max)},
        http_status=431,
    )


def invalid_http() -> ServiceError:
    """What came in can't be parsed as HTTP/1.1."""
    return ServiceError(
        StatusCode.INVALID_ARGUMENT,
        "INVALID_HTTP",
        "The request is not valid HTTP/1.1.",
    )


def deadline_exceeded() -> ServiceError:
    """The service did not answer in time."""
    return ServiceError(
        StatusCode.DEADLINE_EXCEEDED,
        "DEADLINE_EXCEEDED",
        "The service did not answer in time.",
    )


def not_implemented() -> ServiceError:
    """The request has a method or a transfer coding that the gateway doesn't know."""
    return ServiceError(
        StatusCode.UNIMPLEMENTED,
        "NOT_IMPLEMENTED",
        "The method or the transfer coding is not implemented.",
    )


def http_version_not_supported() -> ServiceError:
    """The request is in another version of HTTP."""
    return ServiceError(
        StatusCode.UNIMPLEMENTED,
        "HTTP_VERSION_NOT_SUPPORTED",
        "Only HTTP/1.1 and HTTP/1.0 are supported.",
        http_status=505,
    )
