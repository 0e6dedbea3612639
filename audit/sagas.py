"""Joins the rows of both databases by order id."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar
from uuid import UUID

from audit.pages import FIRST, PAGE_SIZE, pages
from audit.snapshots import Snapshots
from shop.orders.db.models import Order
from shop.payments.db.audit import PageOfDebitsRow as Debit
from shop.payments.db.audit import PageOfRefundsRow as Refund
from shop.payments.db.models import PaymentDecision

Row = TypeVar("Row")


@dataclass(slots=True)
class Saga:
    """The rows of both databases with one order id."""

    order_id: UUID
    order: Order | None = None
    decision: PaymentDecision | None = None
    debits: list[Debit] = field(default_factory=list)
    refunds: list[Refund] = field(default_factory=list)


class _Rows(Generic[Row]):
    """Rows sorted by order id, with a look at the next row's id."""

    def __init__(self, rows: AsyncIterator[Row], order_id: Callable[[Row], UUID]) -> None:
        self._rows = rows
        self._order_id = order_id
        self._row: Row | None = None

    @property
    def next_id(self) -> UUID | None:
        """The order id of the next row, or None after the last row."""
        return None if self._row is None else self._order_id(self._row)

    async def advance(self) -> Row | None:
        """Returns the next row and reads the one after it. The first call, which reads the first row, returns None."""
        row, self._row = self._row, await anext(self._rows, None)
        return row


async def sagas(snapshots: Snapshots) -> AsyncIterator[Saga]:
    """Yields a saga for each order id in either database, sorted by id."""
    orders, decisions = _orders(snapshots), _decisions(snapshots)
    debits, refunds = _debits(snapshots), _refunds(snapshots)
    sources = (orders, decisions, debits, refunds)
    for source in sources:
        await source.advance()
    while ids := [source.next_id for source in sources if source.next_id is not None]:
        saga = Saga(min(ids))
        if orders.next_id == saga.order_id:
            saga.order = await orders.advance()
        if decisions.next_id == saga.order_id:
            saga.decision = await decisions.advance()
        while debits.next_id == saga.order_id:
            if debit := await debits.advance():
                saga.debits.append(debit)
        while refunds.next_id == saga.order_id:
            if refund := await refunds.advance():
                saga.refunds.append(refund)
        yield saga


def _orders(snapshots: Snapshots) -> _Rows[Order]:
    def read(after: UUID) -> Awaitable[list[Order]]:
        return snapshots.orders.page_of_orders(after=after, page_size=PAGE_SIZE)

    return _Rows(pages(read, FIRST, lambda row: row.id), lambda row: row.id)


def _decisions(snapshots: Snapshots) -> _Rows[PaymentDecision]:
    def read(after: UUID) -> Awaitable[list[PaymentDecision]]:
        return snapshots.payments.page_of_decisions(after=after, page_size=PAGE_SIZE)

    return _Rows(pages(read, FIRST, lambda row: row.order_id), lambda row: row.order_id)


def _debits(snapshots: Snapshots) -> _Rows[Debit]:
    def read(after: tuple[UUID, UUID]) -> Awaitable[list[Debit]]:
        return snapshots.payments.page_of_debits(
            after_order=after[0], after=after[1], page_size=PAGE_SIZE
        )

    rows = pages(read, (FIRST, FIRST), lambda row: (row.order_id, row.id))
    return _Rows(rows, lambda row: row.order_id)


def _refunds(snapshots: Snapshots) -> _Rows[Refund]:
    def read(after: tuple[UUID, UUID]) -> Awaitable[list[Refund]]:
        return snapshots.payments.page_of_refunds(
            after_order=after[0], after=after[1], page_size=PAGE_SIZE
        )

    rows = pages(read, (FIRST, FIRST), lambda row: (row.order_id, row.id))
    return _Rows(rows, lambda row: row.order_id)
