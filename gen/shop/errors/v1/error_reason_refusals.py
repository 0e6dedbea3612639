"""Refusals by reason. Generated from shop/errors/v1/error_reason.proto by protoc-gen-service-python; do not edit."""

from grpc import StatusCode

from runtime.refusal import Refusal


def invalid_request() -> Refusal:
    """The request breaks the contract; google.rpc.BadRequest names the fields."""
    return Refusal(
        StatusCode.INVALID_ARGUMENT,
        "INVALID_REQUEST",
        "The request is not valid.",
    )


def invalid_page_token() -> Refusal:
    """The page token is damaged, foreign, or belongs to a request with other filters."""
    return Refusal(
        StatusCode.INVALID_ARGUMENT,
        "INVALID_PAGE_TOKEN",
        "The page token does not belong to this request.",
    )


def idempotency_key_reused() -> Refusal:
    """The Idempotency-Key was used before, with another request."""
    return Refusal(
        StatusCode.ALREADY_EXISTS,
        "IDEMPOTENCY_KEY_REUSED",
        "The Idempotency-Key was used before, with another request.",
    )


def idempotency_key_in_flight() -> Refusal:
    """A request with the same Idempotency-Key did not end in time; retry later."""
    return Refusal(
        StatusCode.ABORTED,
        "IDEMPOTENCY_KEY_IN_FLIGHT",
        "A request with the same Idempotency-Key is still in flight.",
    )


def service_unavailable() -> Refusal:
    """The service, or a part that it needs, is not reachable or has too much to do; retry later."""
    return Refusal(
        StatusCode.UNAVAILABLE,
        "SERVICE_UNAVAILABLE",
        "The service is not available for the moment.",
    )


def internal_error() -> Refusal:
    """The service failed; the request id finds the cause in its log."""
    return Refusal(
        StatusCode.INTERNAL,
        "INTERNAL_ERROR",
        "The service failed.",
    )
