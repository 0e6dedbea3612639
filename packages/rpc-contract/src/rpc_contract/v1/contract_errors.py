"""Errors by reason. Generated from rpc_contract/v1/contract.proto by protoc-gen-errors-python; do not edit."""

from grpc import StatusCode

from rpc_contract.errors import ServiceError


def invalid_request() -> ServiceError:
    """The request breaks the contract; google.rpc.BadRequest names the fields."""
    return ServiceError(
        StatusCode.INVALID_ARGUMENT,
        "INVALID_REQUEST",
        "The request is not valid.",
    )


def invalid_page_token() -> ServiceError:
    """The page token is damaged, was made by another service, or belongs to a request with other filters."""
    return ServiceError(
        StatusCode.INVALID_ARGUMENT,
        "INVALID_PAGE_TOKEN",
        "The page token does not belong to this request.",
    )


def idempotency_key_reused() -> ServiceError:
    """The Idempotency-Key was used before, with another request."""
    return ServiceError(
        StatusCode.ALREADY_EXISTS,
        "IDEMPOTENCY_KEY_REUSED",
        "The Idempotency-Key was used before, with another request.",
    )


def idempotency_key_in_flight() -> ServiceError:
    """A request with the same Idempotency-Key is still in flight; retry later."""
    return ServiceError(
        StatusCode.ABORTED,
        "IDEMPOTENCY_KEY_IN_FLIGHT",
        "A request with the same Idempotency-Key is still in flight.",
    )


def service_unavailable() -> ServiceError:
    """The service, or a system that it needs, is unreachable or overloaded; retry later."""
    return ServiceError(
        StatusCode.UNAVAILABLE,
        "SERVICE_UNAVAILABLE",
        "The service is not available for the moment.",
    )


def internal_error() -> ServiceError:
    """The service failed; its log has the cause under the request id."""
    return ServiceError(
        StatusCode.INTERNAL,
        "INTERNAL_ERROR",
        "The service failed.",
    )
