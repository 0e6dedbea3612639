"""Checks an order against its payment."""

from datetime import datetime

from audit.findings import Findings
from audit.invariants import (
    CANCELLATION_IS_DONE,
    DECISION_HAS_DEBIT,
    DECISION_HAS_REFUND,
    DECISION_IS_STATUS,
    FINISHED_IS_PAID,
    PAYMENT_HAS_ORDER,
    REFUND_IS_CANCELED,
)
from audit.sagas import Saga
from shop.orders.db.models import Order
from shop.orders.v1.order_pb2 import Order as OrderMessage
from shop.payments.db.models import PaymentOutcome

NEW, FINISHED, CANCELED = map(
    OrderMessage.Status.Name, (OrderMessage.NEW, OrderMessage.FINISHED, OrderMessage.CANCELED)
)
CANCELED_BY_USER = OrderMessage.CancelReason.Name(OrderMessage.CANCELED_BY_USER)

UNDECIDED = "canceled orders without a stored decision (from earlier versions)"
CANCELLATIONS = "cancellations in progress"


def check_ended(saga: Saga, order: Order, late: datetime, findings: Findings) -> None:
    """Checks an order that has ended.

    Args:
        saga: The rows with the id of the order.
        order: The order.
        late: A cancellation before this instant must have reached payments.
        findings: Gets the violations.
    """
    if order.cancel_reason == CANCELED_BY_USER:
        _check_canceled_by_user(saga, order, late, findings)
    else:
        _check_outcome(saga, order, findings)
    check_payment(saga, order, findings)


def _check_canceled_by_user(saga: Saga, order: Order, late: datetime, findings: Findings) -> None:
    # Until payments reads the cancellation, there may be a debit, or no decision.
    if saga.decision is None or len(saga.refunds) < len(saga.debits):
        findings.checked[CANCELLATIONS] += 1
        if order.updated_at < late:
            findings.add(
                CANCELLATION_IS_DONE,
                f"order {order.id}: canceled at {order.updated_at}; {description(saga)}",
            )


def _check_outcome(saga: Saga, order: Order, findings: Findings) -> None:
    expected = 1 if order.status == FINISHED else 0
    if len(saga.debits) != expected:
        findings.add(FINISHED_IS_PAID, f"order {order.id}: {order.status}; {description(saga)}")
    if saga.decision is None:
        # Versions without `payment_decisions` stored no decision. The debit of a paid order is its
        # evidence; a canceled order has none.
        if order.status == CANCELED:
            findings.checked[UNDECIDED] += 1
    elif saga.decision.outcome != (order.cancel_reason or PaymentOutcome.PAID):
        state = f"{order.status} {order.cancel_reason}".strip()
        findings.add(DECISION_IS_STATUS, f"order {order.id}: {state}; {description(saga)}")


def check_payment(saga: Saga, order: Order, findings: Findings) -> None:
    """Compares an order with its decision, debits and refunds, and these with each other."""
    decision = saga.decision
    payment = f"order {order.id}: {description(saga)}"
    ordered = (order.user_id, order.amount)
    recorded = {(debit.user_id, debit.amount) for debit in saga.debits}
    recorded |= {(refund.user_id, refund.amount) for refund in saga.refunds}
    if decision:
        recorded.add((decision.user_id, decision.amount))
    if recorded - {ordered}:
        findings.add(
            PAYMENT_HAS_ORDER,
            f"order {order.id}: user {order.user_id}, amount {order.amount}; {description(saga)}",
        )
    if decision:
        decided = [] if decision.transaction_id is None else [decision.transaction_id]
        if [debit.id for debit in saga.debits] != decided:
            findings.add(DECISION_HAS_DEBIT, payment)
    refunded = [decision.refund_id] if decision and decision.refund_id else []
    if [refund.id for refund in saga.refunds] != refunded:
        findings.add(DECISION_HAS_REFUND, payment)
    is_canceled = saga.refunds or (decision and decision.outcome is PaymentOutcome.CANCELED_BY_USER)
    if is_canceled and order.cancel_reason != CANCELED_BY_USER:
        findings.add(REFUND_IS_CANCELED, f"{payment}; the order is {order.status}")


def description(saga: Saga) -> str:
    """Describes the payment of an order: its decision, debits and refunds."""
    decision = saga.decision
    decided = (
        [f"decided {decision.outcome.value} for user {decision.user_id}, {decision.amount}"]
        if decision
        else []
    )
    debits = [f"debit {debit.id} of user {debit.user_id}, {debit.amount}" for debit in saga.debits]
    refunds = [
        f"refund {refund.id} of user {refund.user_id}, {refund.amount}" for refund in saga.refunds
    ]
    return "; ".join([*decided, *debits, *refunds]) or "neither decision nor debit"
