"""Checks the invariants of the money, row by row."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime, timedelta
from uuid import UUID

from audit.findings import Findings
from audit.invariants import (
    BALANCE_IN_RANGE,
    BALANCE_IS_NEWEST,
    BALANCE_IS_SUM,
    LOG_IS_CHAIN,
    ORDER_ENDS,
    PAYMENT_HAS_ORDER,
)
from audit.orders import NEW, check_ended, check_payment, description
from audit.pages import FIRST, PAGE_SIZE, pages
from audit.sagas import Saga, sagas
from audit.snapshots import Snapshots
from shop.payments.db.audit import PageOfAccountsRow

ACCOUNTS_PAGE_SIZE = 200
"""Accounts per query, which reads all transactions of each account."""

Progress = Callable[[], None]


async def audit(snapshots: Snapshots, settled_after: timedelta, progress: Progress) -> Findings:
    """Checks every account and every order.

    Args:
        snapshots: The rows of both databases.
        settled_after: The maximum age of a NEW order or its decision, and of a cancellation that payments has not read.
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
            check_ended(saga, saga.order, late, findings)
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
        findings.add(BALANCE_IS_SUM, f"{name}: balance {account.balance}, sum {account.total}")
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
            findings.add(
                PAYMENT_HAS_ORDER, f"order {saga.order_id}: does not exist; {description(saga)}"
            )
            continue
        if order.status == NEW or not (saga.decision or saga.debits):
            findings.checked["orders in progress"] += 1
            began = saga.decision.decided_at if saga.decision else order.created_at
            if order.status == NEW and began < late:
                findings.add(
                    ORDER_ENDS, f"order {order.id}: NEW since {began}; {description(saga)}"
                )
            check_payment(saga, order, findings)
        else:
            check_ended(saga, order, late, findings)
