"""Pays orders as they are created."""

from collections.abc import Sequence
from uuid import UUID

from uuid_utils.compat import uuid7

from payments.queries import Queries
from runtime.transaction import Transaction
from shop.orders.events.v1.order_event_kafka import OrderEventHandlers
from shop.orders.events.v1.order_event_pb2 import OrderCreated
from shop.payments.db.accounts import DebitAccountParams
from shop.payments.events.v1.payment_event_kafka import publish
from shop.payments.events.v1.payment_event_pb2 import PaymentFailed, PaymentSucceeded

Tx = Transaction[Queries]


class OrderPayments(OrderEventHandlers[Queries]):
    """Debits each order's amount once, and announces what came of it."""

    async def on_order_created(self, tx: Tx, events: Sequence[OrderCreated]) -> None:
        """Pays the orders; those of one user in the order in which they were created."""
        # Every batch locks accounts in the same sequence, so that no two batches deadlock.
        by_user = sorted(events, key=lambda event: event.user_id)
        paid = await tx.db.accounts.debit_account(
            DebitAccountParams(
                transaction_id=uuid7(),
                order_id=UUID(event.order_id),
                user_id=UUID(event.user_id),
                amount=event.amount,
                now=tx.now,
            )
            for event in by_user
        )
        for event, is_paid in zip(by_user, paid, strict=True):
            order_id, user_id = event.order_id, event.user_id
            if is_paid:
                publish(tx, PaymentSucceeded(order_id=order_id, user_id=user_id))
            else:
                reason = "ACCOUNT_NOT_FOUND" if is_paid is None else "INSUFFICIENT_FUNDS"
                publish(tx, PaymentFailed(order_id=order_id, user_id=user_id, reason=reason))
