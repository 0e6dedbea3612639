"""A user cancels orders: one that is FINISHED, and new ones at once."""

import stamina

from demo.expectations import StoryError, check
from demo.rest import RestClient, RestError
from shop.orders.v1 import order_service_pb2 as orders_api
from shop.orders.v1.error_reason_pb2 import ErrorReason
from shop.orders.v1.order_pb2 import Order
from shop.payments.v1 import payment_service_pb2 as payments_api
from shop.payments.v1.transaction_pb2 import Transaction

RACES_MAX = 20
"""How many orders the user places at most, until one is canceled before it is paid."""
REFUND_SECONDS_MAX = 15.0

ORDER_ENDED = ErrorReason.Name(ErrorReason.ORDER_ENDED)


class _NotRefundedError(Exception):
    """The money of the order has not come back yet."""


def cancel_finished(orders: RestClient, user: str) -> str:
    """Cancels the user's paid order, and returns how that is rejected."""
    request = orders_api.ListOrdersRequest(user_id=user, status=Order.FINISHED)
    (order,) = orders.call(request, orders_api.ListOrdersResponse).orders
    error = _rejection(orders, order.id)
    if error is None:
        raise StoryError(f"the paid order {order.id} was canceled")
    return f"rejected: {error.status} {error.reason}"


def cancel_at_once(orders: RestClient, payments: RestClient, user: str, price: int) -> str:
    """Orders and cancels until the user is faster than the payment, and returns how that order has ended."""
    account = payments_api.CreateAccountRequest(user_id=user)
    payments.call(account, payments_api.CreateAccountResponse)
    funds = payments_api.TopUpAccountRequest(user_id=user, amount=price * RACES_MAX)
    payments.call(funds, payments_api.TopUpAccountResponse)
    for _ in range(RACES_MAX):
        request = orders_api.CreateOrderRequest(user_id=user, amount=price, description="demo")
        order = orders.call(request, orders_api.CreateOrderResponse).order
        if _rejection(orders, order.id) is None:
            return _refunded(orders, payments, order)
    raise StoryError(f"{RACES_MAX} orders were paid before their user could cancel them")


def _rejection(orders: RestClient, order_id: str) -> RestError | None:
    """Cancels an order; returns the error if it has ended, and None if it is canceled."""
    request = orders_api.CancelOrderRequest(order_id=order_id)
    try:
        order = orders.call(request, orders_api.CancelOrderResponse).order
    except RestError as error:
        check(error.reason == ORDER_ENDED, f"rejected with {error}")
        return error
    check(order.status == Order.CANCELED, f"order {order_id} is {Order.Status.Name(order.status)}")
    return None


def _refunded(orders: RestClient, payments: RestClient, order: Order) -> str:
    """Awaits the refund of a canceled order."""
    for attempt in stamina.retry_context(
        on=_NotRefundedError, attempts=None, timeout=REFUND_SECONDS_MAX, wait_max=0.2
    ):
        with attempt:
            _read_refund(payments, order)
    request = orders_api.GetOrderRequest(order_id=order.id)
    ended = orders.call(request, orders_api.GetOrderResponse).order
    return f"{Order.Status.Name(ended.status)} {ended.cancel_reason}, then REFUND {order.amount}"


def _read_refund(payments: RestClient, order: Order) -> None:
    request = payments_api.ListTransactionsRequest(user_id=order.user_id)
    log = payments.call(request, payments_api.ListTransactionsResponse).transactions
    amounts = [
        entry.amount
        for entry in log
        if (entry.type, entry.reference_order_id) == (Transaction.REFUND, order.id)
    ]
    if not amounts:
        raise _NotRefundedError(f"order {order.id} has no refund after {REFUND_SECONDS_MAX} s")
    check(amounts == [order.amount], f"the refunds of order {order.id} are {amounts}")
