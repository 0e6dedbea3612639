"""What becomes of an order when its payment succeeds or fails."""

from collections.abc import Sequence
from uuid import UUID

from shop.orders.db.orders import EndOrderParams, EndOrderRow
from shop.orders.db.querier import AsyncQuerier
from shop.orders.v1.order_pb2 import Order
from shop.payments.events.v1.payment_event_kafka import PaymentEventHandlers
from shop.payments.events.v1.payment_event_pb2 import PaymentFailed, PaymentSucceeded
from transactional_events.inbox._subscription import Rejected
from transactional_grpc.database._transaction import Transaction

Tx = Transaction[AsyncQuerier]
Status = Order.Status
Outcome = PaymentSucceeded | PaymentFailed


class PaymentOutcomes(PaymentEventHandlers[AsyncQuerier]):
    """Ends orders. One that has ended stays as it is; an outcome that contradicts it is rejected."""

    async def on_payment_succeeded(self, tx: Tx, events: Sequence[PaymentSucceeded]) -> None:
        """Finishes the orders."""
        await _end(tx, Status.FINISHED, [(event, "") for event in events])

    async def on_payment_failed(self, tx: Tx, events: Sequence[PaymentFailed]) -> None:
        """Cancels the orders, each with its payment's reason."""
        await _end(tx, Status.CANCELED, [(event, event.reason) for event in events])


async def _end(tx: Tx, status: Status.ValueType, outcomes: Sequence[tuple[Outcome, str]]) -> None:
    # Every batch locks orders in the same sequence, so that no two batches deadlock.
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


def _require_agreement(event: Outcome, end: EndOrderParams, order: EndOrderRow | None) -> None:
    if order is None:
        raise Rejected(f"there is no order {event.order_id}")
    if order.user_id != UUID(event.user_id):
        raise Rejected(
            f"order {event.order_id} is of user {order.user_id}, its payment of {event.user_id}"
        )
    stored, received = (order.status, order.cancel_reason), (end.status, end.cancel_reason)
    if stored != received:
        raise Rejected(
            f"order {event.order_id} is {_text(*stored)}, its payment's outcome says {_text(*received)}"
        )


def _text(status: str, cancel_reason: str) -> str:
    return f"{status} ({cancel_reason})" if cancel_reason else status
