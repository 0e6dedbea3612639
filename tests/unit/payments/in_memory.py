"""The payments' queries in memory. The cases of this folder hold on them and on PostgreSQL."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from payments.service import Payments
from shop.payments.db import models
from shop.payments.db.models import PaymentOutcome
from shop.payments.db.payment_decisions import (
    CancelPaymentParams,
    CancelPaymentRow,
    DecidePaymentParams,
    DecidePaymentRow,
)
from shop.payments.db.querier import AsyncQuerier
from shop.payments.v1.payment_service_rpc import payments_service
from tests.rules import Rows, Rules, in_memory

BALANCE_MAX = 9007199254740991


@dataclass
class Tables:
    accounts: dict[UUID, models.Account] = field(default_factory=dict)
    """User → account."""
    transactions: list[models.Transaction] = field(default_factory=list)
    decisions: dict[UUID, models.PaymentDecision] = field(default_factory=dict)
    """Order → decision."""

    def change_balance(
        self,
        account: models.Account,
        change: int,
        transaction_id: UUID,
        order_id: UUID | None,
        now: datetime,
    ) -> models.Transaction:
        """Changes a balance and adds the transaction that explains it."""
        account.balance += change
        account.updated_at = max(now, account.updated_at + timedelta(microseconds=1))
        transaction = models.Transaction(
            id=transaction_id,
            account_id=account.id,
            amount=abs(change),
            type="DEBIT" if change < 0 else "CREDIT" if order_id is None else "REFUND",
            reference_order_id=order_id,
            balance_after=account.balance,
            created_at=account.updated_at,
        )
        self.transactions.append(transaction)
        return transaction


class InMemoryPayments(AsyncQuerier):
    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    async def create_account(
        self,
        *,
        id: UUID,  # noqa: A002 - the column's name
        user_id: UUID,
        created_at: datetime,
    ) -> models.Account | None:
        if user_id in self._tables.accounts:
            return None
        account = models.Account(id, user_id, 0, created_at, created_at)
        self._tables.accounts[user_id] = account
        return account

    async def get_account(self, *, user_id: UUID) -> models.Account | None:
        return self._tables.accounts.get(user_id)

    async def top_up_account(
        self, *, transaction_id: UUID, amount: int, now: datetime, user_id: UUID
    ) -> models.Transaction | None:
        account = self._tables.accounts.get(user_id)
        if account is None or account.balance > BALANCE_MAX - amount:
            return None
        return self._tables.change_balance(account, amount, transaction_id, None, now)

    def list_transactions(
        self, *, account_id: UUID, before_created_at: datetime, before_id: UUID, page_size: int
    ) -> Rows[models.Transaction]:
        newest_first = sorted(
            self._tables.transactions, key=lambda row: (row.created_at, row.id), reverse=True
        )
        page = [
            row
            for row in newest_first
            if row.account_id == account_id
            and (row.created_at, row.id) < (before_created_at, before_id)
        ]
        return Rows(page[:page_size])

    async def decide_payment(
        self, args: Iterable[DecidePaymentParams]
    ) -> list[DecidePaymentRow | None]:
        return [self._decide(order) for order in args]

    def _decide(self, order: DecidePaymentParams) -> DecidePaymentRow:
        stored = self._tables.decisions.get(order.order_id)
        if stored is None:
            stored = self._tables.decisions[order.order_id] = self._new_decision(order)
        outcome = PaymentOutcome.CANCELED_BY_USER if stored.refund_id else stored.outcome
        return DecidePaymentRow(stored.user_id, stored.amount, outcome)

    def _new_decision(self, order: DecidePaymentParams) -> models.PaymentDecision:
        account = self._tables.accounts.get(order.user_id)
        transaction_id = None
        if account is None:
            outcome = PaymentOutcome.ACCOUNT_NOT_FOUND
        elif account.balance < order.amount:
            outcome = PaymentOutcome.INSUFFICIENT_FUNDS
        else:
            outcome, transaction_id = PaymentOutcome.PAID, order.transaction_id
            self._tables.change_balance(
                account, -order.amount, transaction_id, order.order_id, order.now
            )
        return models.PaymentDecision(
            order.order_id, order.user_id, order.amount, outcome, transaction_id, order.now, None
        )

    async def cancel_payment(
        self, args: Iterable[CancelPaymentParams]
    ) -> list[CancelPaymentRow | None]:
        return [self._cancel(order) for order in args]

    def _cancel(self, order: CancelPaymentParams) -> CancelPaymentRow:
        key = (order.order_id, order.user_id, order.amount)
        canceled = models.PaymentDecision(
            *key, PaymentOutcome.CANCELED_BY_USER, None, order.now, None
        )
        stored = self._tables.decisions.setdefault(order.order_id, canceled)
        if stored.outcome is PaymentOutcome.PAID and stored.refund_id is None:
            stored.refund_id = order.refund_id
            account = self._tables.accounts[stored.user_id]
            self._tables.change_balance(
                account, stored.amount, order.refund_id, order.order_id, order.now
            )
        return CancelPaymentRow(stored.user_id, stored.amount)


def payments_in_memory() -> Rules[AsyncQuerier]:
    """Returns the service's rules over tables of their own."""
    tables = Tables()
    queries: AsyncQuerier = InMemoryPayments(tables)
    return Rules(payments_service(Payments()), in_memory(tables, queries))
