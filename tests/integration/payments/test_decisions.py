"""Payments decides once per order, and repeats its decision however often the order comes."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from google.protobuf.message import Message
from uuid_utils.compat import uuid7

from embedded_stack._plan.migrations import SQL
from embedded_stack.testing import Running
from payments.events import OrderPayments
from runtime.database import Database
from runtime.messaging.dispatch import Rejected
from runtime.messaging.outbox import Outbox
from runtime.pool import Pool, open_pool
from runtime.transaction import Transaction
from shop.orders.events.v1.order_event_pb2 import OrderCreated
from shop.payments.db.querier import AsyncQuerier
from shop.payments.events.v1.payment_event_kafka import PAYMENT_EVENTS
from shop.payments.events.v1.payment_event_pb2 import PaymentEvent, PaymentFailed, PaymentSucceeded

pytestmark = pytest.mark.anyio
Connection = psycopg.Connection[Any]


@pytest.fixture
async def pool(system: Running) -> AsyncIterator[Pool]:
    async with open_pool(system.endpoints.payments_database_url, "test") as opened:
        yield opened


@pytest.fixture
def books(system: Running) -> Iterator[Connection]:
    with psycopg.connect(system.endpoints.payments_database_url, autocommit=True) as connection:
        yield connection


def fund(books: Connection, user: str, balance: int) -> None:
    """Opens an account with a balance and the CREDIT that explains it."""
    account = uuid7()
    books.execute(
        "INSERT INTO accounts VALUES (%s, %s, %s, now(), now())", (account, user, balance)
    )
    books.execute(
        "INSERT INTO transactions VALUES (%s, %s, %s, 'CREDIT', NULL, %s, now())",
        (uuid7(), account, balance, balance),
    )


def balance(books: Connection, user: str) -> int:
    [(amount,)] = books.execute("SELECT balance FROM accounts WHERE user_id = %s", (user,))
    return int(amount)


def order(user: str, amount: int = 100, order_id: str = "") -> OrderCreated:
    return OrderCreated(order_id=order_id or str(uuid4()), user_id=user, amount=amount)


@asynccontextmanager
async def transaction(pool: Pool) -> AsyncIterator[Transaction[AsyncQuerier]]:
    """A transaction whose events reach no relay."""
    async with Database(pool, AsyncQuerier, Outbox({})).write() as tx:
        yield tx
        tx.outgoing.clear()


async def handle(pool: Pool, *events: OrderCreated) -> list[Message]:
    """Handles a batch as the consumer does; returns what it announces."""
    async with transaction(pool) as tx:
        await OrderPayments().on_order_created(tx, events)
        return _payloads(tx)


def _payloads(tx: Transaction[AsyncQuerier]) -> list[Message]:
    assert all(event.topic == PAYMENT_EVENTS.topic for event in tx.outgoing)
    made = [PaymentEvent.FromString(event.payload) for event in tx.outgoing]
    return [getattr(event, str(event.WhichOneof("data"))) for event in made]


def paid(event: OrderCreated) -> PaymentSucceeded:
    return PaymentSucceeded(order_id=event.order_id, user_id=event.user_id)


def failed(event: OrderCreated, reason: str) -> PaymentFailed:
    return PaymentFailed(order_id=event.order_id, user_id=event.user_id, reason=reason)


async def test_a_failed_payment_is_repeated_once_there_is_money(
    pool: Pool, books: Connection, user: str
) -> None:
    poor = str(uuid4())
    fund(books, poor, 10)
    nobodys, too_much = order(user), order(poor)
    failures = [failed(nobodys, "ACCOUNT_NOT_FOUND"), failed(too_much, "INSUFFICIENT_FUNDS")]
    assert [await handle(pool, event) for event in (nobodys, too_much)] == [[f] for f in failures]

    fund(books, user, 1000)
    books.execute("UPDATE accounts SET balance = 1000 WHERE user_id = %s", (poor,))

    assert [await handle(pool, event) for event in (nobodys, too_much)] == [[f] for f in failures]
    assert (balance(books, user), balance(books, poor)) == (1000, 1000)


async def test_an_order_that_a_batch_holds_twice_is_debited_once(
    pool: Pool, books: Connection, user: str
) -> None:
    fund(books, user, 1000)
    first, second = order(user, 600), order(user, 600)
    assert await handle(pool, first, second, first, second) == [
        paid(first),
        failed(second, "INSUFFICIENT_FUNDS"),
        paid(first),
        failed(second, "INSUFFICIENT_FUNDS"),
    ]
    assert balance(books, user) == 400


@pytest.mark.parametrize("has_account", [True, False])
async def test_an_order_that_another_copy_decides_is_waited_for(
    pool: Pool, books: Connection, user: str, has_account: bool
) -> None:
    if has_account:
        fund(books, user, 1000)
    event = order(user)
    expected = [paid(event)] if has_account else [failed(event, "ACCOUNT_NOT_FOUND")]
    async with transaction(pool) as tx:
        await OrderPayments().on_order_created(tx, [event])
        if not has_account:
            fund(books, user, 1000)
        other = asyncio.create_task(handle(pool, event))
        await wait_for_a_lock(books)
        assert _payloads(tx) == expected
    assert await other == expected
    assert balance(books, user) == (900 if has_account else 1000)


async def test_the_balance_that_another_copy_leaves_decides(
    pool: Pool, books: Connection, user: str
) -> None:
    fund(books, user, 1000)
    first, second, third = order(user, 500), order(user, 500), order(user)
    async with transaction(pool) as tx:
        await OrderPayments().on_order_created(tx, [first])
        other = asyncio.create_task(handle(pool, second, third))
        await wait_for_a_lock(books)
    assert await other == [paid(second), failed(third, "INSUFFICIENT_FUNDS")]
    assert balance(books, user) == 0


async def test_money_that_arrives_meanwhile_pays(pool: Pool, books: Connection, user: str) -> None:
    fund(books, user, 10)
    event = order(user, 100)
    async with transaction(pool) as tx:
        await tx.db.top_up_account(
            transaction_id=uuid4(), user_id=UUID(user), amount=1000, now=tx.now
        )
        other = asyncio.create_task(handle(pool, event))
        await wait_for_a_lock(books)
    assert await other == [paid(event)]
    assert balance(books, user) == 910


async def wait_for_a_lock(books: Connection) -> None:
    waiting = (
        "SELECT FROM pg_stat_activity WHERE application_name = 'test' AND wait_event_type = 'Lock'"
    )
    async with asyncio.timeout(20):
        while not books.execute(waiting).fetchall():  # noqa: ASYNC110 - the server sets no Event
            await asyncio.sleep(0.01)


@pytest.mark.parametrize("what", ["amount", "user"])
async def test_an_order_that_contradicts_its_decision_is_rejected(
    pool: Pool, books: Connection, user: str, what: str
) -> None:
    other = str(uuid4())
    for each in (user, other):
        fund(books, each, 1000)
    event = order(user)
    await handle(pool, event)
    contradiction = {
        "amount": order(user, 101, event.order_id),
        "user": order(other, 100, event.order_id),
    }[what]
    with pytest.raises(Rejected, match=f"order {event.order_id} was decided with .*{user}, .*100"):
        await handle(pool, contradiction)
    assert (balance(books, user), balance(books, other)) == (900, 1000)


async def test_a_debit_by_the_version_before_is_the_decision(
    pool: Pool, books: Connection, user: str
) -> None:
    fund(books, user, 1000)
    event = order(user)
    await handle(pool, event)
    # That version stores no decisions.
    books.execute("DELETE FROM payment_decisions WHERE order_id = %s", (event.order_id,))
    assert await handle(pool, event) == [paid(event)]
    assert balance(books, user) == 900
    with pytest.raises(Rejected):
        await handle(pool, order(user, 101, event.order_id))


async def test_the_migration_stores_the_decisions_of_the_debits_that_are_there(
    infrastructure: Running, user: str
) -> None:
    *before, decisions = sorted((SQL / "payments" / "schema").glob("*.sql"))
    assert decisions.stem.endswith("payment_decisions")
    url = infrastructure.endpoints.superuser_database_url
    with psycopg.connect(url) as connection:
        connection.execute("CREATE SCHEMA before; SET LOCAL search_path TO before")
        for migration in before:
            connection.execute(_up(migration.read_text()))
        fund(connection, user, 1000)
        order_id, debit = uuid4(), uuid4()
        connection.execute(
            "INSERT INTO transactions SELECT %s, id, 100, 'DEBIT', %s, 900, now() FROM accounts",
            (debit, order_id),
        )
        connection.execute(_up(decisions.read_text()))
        stored = connection.execute(
            "SELECT order_id, user_id, amount, outcome::text, transaction_id FROM payment_decisions"
        ).fetchall()
        connection.rollback()
    assert stored == [(order_id, UUID(user), 100, "PAID", debit)]


def _up(migration: str) -> bytes:
    return migration.split("-- migrate:down", maxsplit=1)[0].encode()
