"""What becomes of an order when its payment succeeds or fails."""

from collections.abc import Sequence
from uuid import UUID

from runtime.messaging.dispatch import Rejected
from runtime.transaction import Transaction
from shop.orders.db.orders import AsyncQuerier, EndOrderParams
from shop.orders.v1.order_pb2 import Order
from shop.payments.events.v1.payment_event_kafka import PaymentEventHandlers
from shop.payments.events.v1.payment_event_pb2 import PaymentFailed, PaymentSucceeded

Tx = Transaction[AsyncQuerier]
Status = Order.Status


class PaymentOutcomes(PaymentEventHandlers[AsyncQuerier]):
    """Ends orders; one that has ended stays as it is."""

    async def on_payment_succeeded(self, tx: Tx, events: Sequence[PaymentSucceeded]) -> None:
        """Finishes the orders."""
        await _end(tx, Status.FINISHED, [(event.order_id, "") for event in events])

    async def on_payment_failed(self, tx: Tx, events: Sequence[PaymentFailed]) -> None:
        """Cancels the orders, each with its payment's reason."""
        await _end(tx, Status.CANCELED, [(event.order_id, event.reason) for event in events])


async def _end(tx: Tx, status: Status.ValueType, orders: Sequence[tuple[str, str]]) -> None:
    known = await tx.db.end_order(
        EndOrderParams(
            id=UUID(order_id),
            status=Status.Name(status),
            cancel_reason=reason,
            ended_at=tx.now,
        )
        for order_id, reason in orders
    )
    for (order_id, _), order in zip(orders, known, strict=True):
        if order is None:
            raise Rejected(f"there is no order {order_id}")
