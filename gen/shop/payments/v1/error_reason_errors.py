"""Errors by reason. Generated from shop/payments/v1/error_reason.proto by protoc-gen-errors-python; do not edit."""

from grpc import StatusCode

from rpc_contract.errors import ServiceError


def account_not_found(*, user_id: object) -> ServiceError:
    """The user has no account."""
    return ServiceError(
        StatusCode.NOT_FOUND,
        "ACCOUNT_NOT_FOUND",
        f"User {user_id} has no account.",
        {"user_id": str(user_id)},
    )


def account_already_exists(*, user_id: object) -> ServiceError:
    """The user already has an account."""
    return ServiceError(
        StatusCode.ALREADY_EXISTS,
        "ACCOUNT_ALREADY_EXISTS",
        f"User {user_id} already has an account.",
        {"user_id": str(user_id)},
    )


def balance_limit_exceeded(*, user_id: object) -> ServiceError:
    """The top-up would raise the balance above 9007199254740991."""
    return ServiceError(
        StatusCode.FAILED_PRECONDITION,
        "BALANCE_LIMIT_EXCEEDED",
        f"The top-up would raise the balance of user {user_id} above the limit.",
        {"user_id": str(user_id)},
    )
