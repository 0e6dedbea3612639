"""Errors by reason. Generated from shop/orders/v1/error_reason.proto by protoc-gen-errors-python; do not edit."""

from grpc import StatusCode

from rpc_contract.errors import ServiceError


def order_not_found(*, order_id: object) -> ServiceError:
    """No order has this id."""
    return ServiceError(
        StatusCode.NOT_FOUND,
        "ORDER_NOT_FOUND",
        f"There is no order {order_id}.",
        {"order_id": str(order_id)},
    )
