"""Refusals by reason. Generated from shop/orders/v1/error_reason.proto by protoc-gen-service-python; do not edit."""

from grpc import StatusCode

from runtime.refusal import Refusal


def order_not_found(*, order_id: object) -> Refusal:
    """There is no order with this id."""
    return Refusal(
        StatusCode.NOT_FOUND,
        "ORDER_NOT_FOUND",
        f"There is no order {order_id}.",
        {"order_id": str(order_id)},
    )
