"""Checks the invariants of the money, row by row."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime, timedelta
from uuid import UUID

from audit.findings import Findings
from audit.pages import FIRST, PAGE_SIZE, pages
from audit.sagas import Saga, sagas
from audit.snapshots import Snapshots
from shop.orders.db.models import Order
from shop.orders.v1.order_pb2 import Order as OrderMessage
from shop.payments.db.audit import PageOfAccountsRow
from shop.payments.db.models import PaymentOutcome

ACCOUNTS_PAGE_SIZE = 200
"""Accounts per query, which reads all transactions of each account."""

NEW, FINISHED, CANCELED = map(
    OrderMessage.Status.Name, (OrderMessage.NEW, OrderMessage.FINISHED, OrderMessage.CANCELED)
)

BALANCE_IN_RANGE = "a balance is within its range"
BALANCE_IS_SUM = "a balance is the sum of its transactions"
BALANCE_IS_NEWEST = "a balance is the newest balance_after of its transactions"
LOG_IS_CHAIN = "a balance_after is the previous balance_after plus the transaction's amount"
PAYMENT_HAS_ORDER = "a debit or decision has an order with the same user and amount"
FINISHED_IS_PAID = "a FINISHED order has exactly one debit, other orders have none"
DECISION_IS_STATUS = "a payment decision agrees with the status and cancel_reason of its order"
DECISION_HAS_DEBIT = "a decision is PAID if and only if it has a debit"
ORDER_ENDS = "an order ends within the allowed time"

UNDECIDED = "canceled orders without a stored decision (from earlier versions)"

Progress = Callable[[], None]


async def audit(snapshots: Snapshots, settled_after: timedelta, progress: Progress) -> Findings:
    """Checks every account and every order.

    Args:
        snapshots: The rows of both databases.
        settled_after: The maximum age of a NEW order, or of its decision.
        progress: Called after each account and each order.

    Returns:
        The violated invariants and the numbers of checked rows.
    """
    findings = Findings()
    async for account in _accounts(snapshots):
        findings.checked["accounts"] += 1
        _check_account(account, findings)
        progress()
    late = snapshots.now - settled_after
    unsettled: list[Saga] = []
    async for saga in sagas(snapshots):
        findings.checked["orders"] += 1
        if saga.order is None or saga.order.status == NEW:
            unsettled.append(saga)
        else:
            _check_ended(saga, saga.order, findings)
        if len(unsettled) >= PAGE_SIZE:
            await _check_unsettled(unsettled, snapshots, late, findings)
            unsettled.clear()
        progress()
    await _check_unsettled(unsettled, snapshots, late, findings)
    return findings


def _accounts(snapshots: Snapshots) -> AsyncIterator[PageOfAccountsRow]:
    def read(after: UUID) -> Awaitable[list[PageOfAccountsRow]]:
        return snapshots.payments.page_of_accounts(after=after, page_size=ACCOUNTS_PAGE_SIZE)

    return pages(read, FIRST, lambda account: account.id)


def _check_account(account: PageOfAccountsRow, findings: Findings) -> None:
    name = f"account {account.id} of user {account.user_id}"
    if account.balance != account.total:
        findings.add(
            BALANCE_IS_SUM, f"{name}: balance {account.balance}, credits - debits {account.total}"
        )
    if account.balance != account.newest_balance_after:
        findings.add(
            BALANCE_IS_NEWEST,
            f"{name}: balance {account.balance}, balance_after {account.newest_balance_after}",
        )
    if account.broken_links:
        findings.add(LOG_IS_CHAIN, f"{name}: {account.broken_links} transactions violate this")
    if account.out_of_range:
        findings.add(BALANCE_IN_RANGE, f"{name}: {account.out_of_range} transactions violate this")


async def _check_unsettled(
    unsettled: list[Saga], snapshots: Snapshots, late: datetime, findings: Findings
) -> None:
    """Checks the orders that were NEW or missing before payments was read, by their state after it."""
    ids = [saga.order_id for saga in unsettled]
    now = {order.id: order for order in await snapshots.orders_now.list_orders_by_id(ids=ids)}
    for saga in unsettled:
        order = now.get(saga.order_id)
        if order is None:
            findings.add(PAYMENT_HAS_ORDER, f"order {saga.order_id}: does not exist; {_text(saga)}")
            continue
        if order.status == NEW or not (saga.decision or saga.debits):
            findings.checked["orders in progress"] += 1
            began = saga.decision.decided_at if saga.decision else order.created_at
            if order.status == NEW and began < late:
                findings.add(ORDER_ENDS, f"order {order.id}: NEW since {began}; {_text(saga)}")
            _check_payment(saga, order, findings)
        else:
            _check_ended(saga, order, findings)


def _check_ended(saga: Saga, order: Order, findings: Findings) -> None:
    expected = 1 if order.status == FINISHED else 0
    if len(saga.debits) != expected:
        findings.add(FINISHED_IS_PAID, f"order {order.id}: {order.status}; {_text(saga)}")
    if saga.decision is None:
        # Versions without `payment_decisions` stored no decision. The debit of a paid order is its
        # evidence; a canceled order has none.
        if order.status == CANCELED:
            findings.checked[UNDECIDED] += 1
    elif saga.decision.outcome != (order.cancel_reason or PaymentOutcome.PAID):
        state = f"{order.status} {order.cancel_reason}".strip()
        findings.add(DECISION_IS_STATUS, f"order {order.id}: {state}; {_text(saga)}")
    _check_payment(saga, order, findings)


def _check_payment(saga: Saga, order: Order, findings: Findings) -> None:
    """Compares the user and amount of an order with those of its decision and debits."""
    ordered = (order.user_id, order.amount)
    recorded = {(debit.user_id, debit.amount) for debit in saga.debits}
    if saga.decision:
        recorded.add((saga.decision.user_id, saga.decision.amount))
    if recorded - {ordered}:
        findings.add(
            PAYMENT_HAS_ORDER,
            f"order {order.id}: user {order.user_id}, amount {order.amount}; {_text(saga)}",
        )
    if saga.decision:
        decided = [] if saga.decision.transaction_id is None else [saga.decision.transaction_id]
        if [debit.id for debit in saga.debits] != decided:
            findings.add(DECISION_HAS_DEBIT, f"order {order.id}: {_text(saga)}")


def _text(saga: Saga) -> str:
    debits = [f"debit {debit.id} of user {debit.user_id}, {debit.amount}" for debit in saga.debits]
    decision = saga.decision
    decided = (
        [f"decided {decision.outcome.value} for user {decision.user_id}, {decision.amount}"]
        if decision
        else []
    )
    return "; ".join([*decided, *debits]) or "neither decision nor debit"
