"""Ends orders when their payments succeed or fail."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from orders.watch import OrderWatch
from shop.orders.db.orders import EndOrderParams, EndOrderRow
from shop.orders.db.querier import AsyncQuerier
from shop.orders.v1.order_pb2 import Order
from shop.payments.events.v1.payment_event_kafka import PaymentEventHandlers
from shop.payments.events.v1.payment_event_pb2 import PaymentFailed, PaymentSucceeded
from transactional_events.inbox import Rejected
from transactional_grpc.database import Transaction

Tx = Transaction[AsyncQuerier]
Status = Order.Status
Outcome = PaymentSucceeded | PaymentFailed
CANCELED_BY_USER = Order.CancelReason.Name(Order.CANCELED_BY_USER)


@dataclass(frozen=True)
class PaymentOutcomes(PaymentEventHandlers[AsyncQuerier]):
    """Ends orders. The state of an ended order is final: an event that contradicts it is rejected."""

    watch: OrderWatch

    async def on_payment_succeeded(self, tx: Tx, events: Sequence[PaymentSucceeded]) -> None:
        """Finishes the orders."""
        await self._end(tx, Status.FINISHED, [(event, "") for event in events])

    async def on_payment_failed(self, tx: Tx, events: Sequence[PaymentFailed]) -> None:
        """Cancels the orders with the reasons of their failed payments."""
        await self._end(tx, Status.CANCELED, [(event, event.reason) for event in events])

    async def _end(
        self, tx: Tx, status: Status.ValueType, outcomes: Sequence[tuple[Outcome, str]]
    ) -> None:
        # All batches lock orders in the sequence of their ids, which prevents deadlocks between them.
        by_order = sorted(outcomes, key=lambda outcome: outcome[0].order_id)
        ends = [
            EndOrderParams(
                id=UUID(event.order_id),
                status=Status.Name(status),
                cancel_reason=reason,
                ended_at=tx.now,
            )
            for event, reason in by_order
        ]
        orders = await tx.db.end_order(ends)
        for (event, _), end, order in zip(by_order, ends, orders, strict=True):
            _require_agreement(event, end, order)
        self.watch.changes(tx, [end.id for end in ends])


def _require_agreement(event: Outcome, end: EndOrderParams, order: EndOrderRow | None) -> None:
    if order is None:
        raise Rejected(f"order {event.order_id} does not exist")
    if order.user_id != UUID(event.user_id):
        raise Rejected(f"order {event.order_id} belongs to {order.user_id}, not {event.user_id}")
    if order.cancel_reason == CANCELED_BY_USER:
        return  # Payments decided before it read OrderCanceled, and gives a debit back when it does.
    stored, received = (order.status, order.cancel_reason), (end.status, end.cancel_reason)
    if stored != received:
        raise Rejected(
            f"order {event.order_id} is {' '.join(stored).strip()}, "
            f"but its payment event requires {' '.join(received).strip()}"
        )
