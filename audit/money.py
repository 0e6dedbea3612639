"""The money's invariants, row by row."""

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
"""Accounts per query: it reads the whole log of each."""

NEW, FINISHED, CANCELED = map(
    OrderMessage.Status.Name, (OrderMessage.NEW, OrderMessage.FINISHED, OrderMessage.CANCELED)
)

BALANCE_IN_RANGE = "balances are in range"
BALANCE_IS_SUM = "a balance is the sum of its log"
BALANCE_IS_NEWEST = "a balance is the newest balance_after of its log"
LOG_IS_CHAIN = "each balance_after continues the one before"
PAYMENT_HAS_ORDER = "a debit or decision belongs to an order, with its user and amount"
FINISHED_IS_PAID = "a FINISHED order has exactly one debit, others have none"
DECISION_IS_STATUS = "a payment's decision is its order's status and cancel_reason"
DECISION_HAS_DEBIT = "a decision is PAID exactly when its debit is there"
ORDER_ENDS = "an order ends in time"

UNDECIDED = "canceled orders from before payments stored its decisions"

Progress = Callable[[], None]


async def audit(snapshots: Snapshots, settled_after: timedelta, progress: Progress) -> Findings:
    """Checks every account and every order.

    Args:
        snapshots: What to look at.
        settled_after: How old an order that is NEW, or its decision, may be.
        progress: Called for each account and order.
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
        findings.add(LOG_IS_CHAIN, f"{name}: {account.broken_links} of its log don't")
    if account.out_of_range:
        findings.add(BALANCE_IN_RANGE, f"{name}: {account.out_of_range} times")


async def _check_unsettled(
    unsettled: list[Saga], snapshots: Snapshots, late: datetime, findings: Findings
) -> None:
    """Looks at orders again that had not ended, or were not there, before payments was read."""
    ids = [saga.order_id for saga in unsettled]
    now = {order.id: order for order in await snapshots.orders_now.list_orders_by_id(ids=ids)}
    for saga in unsettled:
        order = now.get(saga.order_id)
        if order is None:
            findings.add(PAYMENT_HAS_ORDER, f"order {saga.order_id}: there is none; {_has(saga)}")
            continue
        if order.status == NEW or not (saga.decision or saga.debits):
            findings.checked["orders under way"] += 1
            began = saga.decision.decided_at if saga.decision else order.created_at
            if order.status == NEW and began < late:
                findings.add(ORDER_ENDS, f"order {order.id}: NEW since {began}; {_has(saga)}")
            _check_payment(saga, order, findings)
        else:
            _check_ended(saga, order, findings)


def _check_ended(saga: Saga, order: Order, findings: Findings) -> None:
    expected = 1 if order.status == FINISHED else 0
    if len(saga.debits) != expected:
        findings.add(FINISHED_IS_PAID, f"order {order.id}: {order.status}; {_has(saga)}")
    if saga.decision is None:
        # Versions before `payment_decisions` stored none. A debit keeps its order from being paid
        # again; of a canceled order only the inbox knows.
        if order.status == CANCELED:
            findings.checked[UNDECIDED] += 1
    elif saga.decision.outcome != (order.cancel_reason or PaymentOutcome.PAID):
        stands = f"{order.status} {order.cancel_reason}".strip()
        findings.add(DECISION_IS_STATUS, f"order {order.id}: {stands}; {_has(saga)}")
    _check_payment(saga, order, findings)


def _check_payment(saga: Saga, order: Order, findings: Findings) -> None:
    """Compares what payments has of an order, however the order stands."""
    ours = (order.user_id, order.amount)
    theirs = {(debit.user_id, debit.amount) for debit in saga.debits}
    if saga.decision:
        theirs.add((saga.decision.user_id, saga.decision.amount))
    if theirs - {ours}:
        findings.add(
            PAYMENT_HAS_ORDER,
            f"order {order.id}: user {order.user_id}, amount {order.amount}; {_has(saga)}",
        )
    if saga.decision:
        decided = [] if saga.decision.transaction_id is None else [saga.decision.transaction_id]
        if [debit.id for debit in saga.debits] != decided:
            findings.add(DECISION_HAS_DEBIT, f"order {order.id}: {_has(saga)}")


def _has(saga: Saga) -> str:
    debits = [f"debit {each.id} of user {each.user_id}, {each.amount}" for each in saga.debits]
    decision = saga.decision
    decided = (
        [f"decided {decision.outcome.value} for user {decision.user_id}, {decision.amount}"]
        if decision
        else []
    )
    return "; ".join([*decided, *debits]) or "payments has nothing of it"
