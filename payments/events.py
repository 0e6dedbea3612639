"""Pays new orders, and gives the money of canceled ones back."""

from collections.abc import Sequence
from uuid import UUID

from uuid_utils.compat import uuid7

from shop.orders.events.v1.order_event_kafka import OrderEventHandlers
from shop.orders.events.v1.order_event_pb2 import OrderCanceled, OrderCreated
from shop.payments.db.models import PaymentOutcome
from shop.payments.db.payment_decisions import CancelPaymentParams, DecidePaymentParams
from shop.payments.db.querier import AsyncQuerier
from shop.payments.events.v1.payment_event_kafka import publish
from shop.payments.events.v1.payment_event_pb2 import PaymentFailed, PaymentSucceeded
from transactional_events.inbox import Rejected
from transactional_grpc.database import Transaction

Tx = Transaction[AsyncQuerier]


class OrderPayments(OrderEventHandlers[AsyncQuerier]):
    """Decides each order's payment once, and publishes that decision each time the order is delivered."""

    async def on_order_created(self, tx: Tx, events: Sequence[OrderCreated]) -> None:
        """Pays the orders, those of one user in the sequence of their events.

        Raises:
            Rejected: the stored decision of an order is for another user or amount.
        """
        # All batches lock accounts in the sequence of their users, which prevents deadlocks between them.
        by_user = sorted(events, key=lambda event: event.user_id)
        decisions = await tx.db.decide_payment(
            DecidePaymentParams(
                order_id=UUID(event.order_id),
                user_id=UUID(event.user_id),
                amount=event.amount,
                transaction_id=uuid7(),
                now=tx.now,
            )
            for event in by_user
        )
        # DecidePayment returns a row for every order; `strict` raises if one is missing.
        for event, decision in zip(by_user, filter(None, decisions), strict=True):
            _require_same_order(event, decision.user_id, decision.amount)
            publish(tx, _outcome(event, decision.outcome))

    async def on_order_canceled(self, tx: Tx, events: Sequence[OrderCanceled]) -> None:
        """Gives the debits of the orders back, once; an order that was not decided yet is never debited.

        Raises:
            Rejected: the stored decision of an order is for another user or amount.
        """
        # A batch that also has new orders locks accounts in two sequences: a deadlock is tried again.
        by_user = sorted(events, key=lambda event: event.user_id)
        decisions = await tx.db.cancel_payment(
            CancelPaymentParams(
                order_id=UUID(event.order_id),
                user_id=UUID(event.user_id),
                amount=event.amount,
                refund_id=uuid7(),
                now=tx.now,
            )
            for event in by_user
        )
        for event, decision in zip(by_user, filter(None, decisions), strict=True):
            _require_same_order(event, decision.user_id, decision.amount)


def _require_same_order(event: OrderCreated | OrderCanceled, user_id: UUID, amount: int) -> None:
    if (user_id, amount) != (UUID(event.user_id), event.amount):
        raise Rejected(
            f"the payment of order {event.order_id} was decided for another user or amount: "
            f"user {user_id}, amount {amount}"
        )


def _outcome(event: OrderCreated, outcome: PaymentOutcome) -> PaymentSucceeded | PaymentFailed:
    if outcome is PaymentOutcome.PAID:
        return PaymentSucceeded(order_id=event.order_id, user_id=event.user_id)
    return PaymentFailed(order_id=event.order_id, user_id=event.user_id, reason=outcome.value)
