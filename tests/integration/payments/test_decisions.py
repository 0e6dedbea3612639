"""Payment decisions when several transactions work on an order or account, and across versions of payments."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from google.protobuf.message import Message
from psycopg.errors import CheckViolation, UniqueViolation
from uuid_utils.compat import uuid7

from embedded_stack.testing import Running
from payments.events import OrderPayments
from payments.service import Payments
from shop.payments.db.querier import AsyncQuerier
from shop.payments.events.v1.payment_event_kafka import PAYMENT_EVENTS
from shop.payments.events.v1.payment_event_pb2 import PaymentSucceeded
from shop.payments.v1.payment_service_rpc import payments_service
from tests.rules import Rules, on_postgres, published
from tests.unit.payments.cases import (
    BALANCE_MAX,
    PaymentRules,
    cancel,
    cancellation,
    changes,
    failed,
    handle,
    order,
    paid,
)
from transactional_events.inbox import Rejected
from transactional_events.kafka._consumer import BATCH_SIZE
from transactional_grpc.database import open_pool

pytestmark = pytest.mark.anyio
SQL = Path(__file__).parents[3] / "sql"
Connection = psycopg.Connection[Any]


@pytest.fixture
async def rules(migrated: Running) -> AsyncIterator[PaymentRules]:
    async with open_pool(migrated.endpoints.database_url("payments"), "test") as pool:
        yield Rules(payments_service(Payments()), on_postgres(pool, AsyncQuerier))


@pytest.fixture
def books(migrated: Running) -> Iterator[Connection]:
    with psycopg.connect(
        migrated.endpoints.database_url("payments"), autocommit=True
    ) as connection:
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


@pytest.mark.parametrize("has_account", [True, False])
async def test_decision_waits_for_another_transaction_on_the_same_order(
    rules: PaymentRules, books: Connection, user: str, has_account: bool
) -> None:
    if has_account:
        fund(books, user, 1000)
    event = order(user)
    expected = [paid(event)] if has_account else [failed(event, "ACCOUNT_NOT_FOUND")]
    async with rules.transactions() as tx:
        await OrderPayments().on_order_created(tx, [event])
        if not has_account:
            fund(books, user, 1000)
        other = asyncio.create_task(handle(rules, event))
        await wait_for_a_lock(books)
        assert published(tx, PAYMENT_EVENTS) == expected
    assert await other == expected
    assert balance(books, user) == (900 if has_account else 1000)


async def test_decision_uses_the_balance_after_another_transaction(
    rules: PaymentRules, books: Connection, user: str
) -> None:
    fund(books, user, 1000)
    first, second, third = order(user, 500), order(user, 500), order(user)
    async with rules.transactions() as tx:
        await OrderPayments().on_order_created(tx, [first])
        other = asyncio.create_task(handle(rules, second, third))
        await wait_for_a_lock(books)
    assert await other == [paid(second), failed(third, "INSUFFICIENT_FUNDS")]
    assert balance(books, user) == 0


async def test_top_up_that_commits_first_covers_the_order(
    rules: PaymentRules, books: Connection, user: str
) -> None:
    fund(books, user, 10)
    event = order(user, 100)
    async with rules.transactions() as tx:
        await tx.db.top_up_account(
            transaction_id=uuid4(), user_id=UUID(user), amount=1000, now=tx.now
        )
        other = asyncio.create_task(handle(rules, event))
        await wait_for_a_lock(books)
    assert await other == [paid(event)]
    assert balance(books, user) == 910


async def test_cancellation_gives_back_the_debit_of_a_transaction_that_it_waits_for(
    rules: PaymentRules, books: Connection, user: str
) -> None:
    fund(books, user, 1000)
    event = order(user)
    async with rules.transactions() as tx:
        await OrderPayments().on_order_created(tx, [event])
        other = asyncio.create_task(cancel(rules, cancellation(event)))
        await wait_for_a_lock(books)
    await other
    assert (await changes(rules, user))[1:] == [("DEBIT", 100, 900), ("REFUND", 100, 1000)]


@pytest.mark.parametrize("has_account", [True, False])
async def test_decision_waits_for_a_cancellation_and_debits_nothing(
    rules: PaymentRules, books: Connection, user: str, has_account: bool
) -> None:
    if has_account:
        fund(books, user, 1000)
    event = order(user)
    async with rules.transactions() as tx:
        await OrderPayments().on_order_canceled(tx, [cancellation(event)])
        if not has_account:
            fund(books, user, 1000)
        other = asyncio.create_task(handle(rules, event))
        await wait_for_a_lock(books)
    assert await other == [failed(event, "CANCELED_BY_USER")]
    assert balance(books, user) == 1000


async def test_simultaneous_cancellations_give_a_debit_back_once(
    rules: PaymentRules, books: Connection, user: str
) -> None:
    fund(books, user, 1000)
    event = order(user)
    await handle(rules, event)
    async with rules.transactions() as tx:
        await OrderPayments().on_order_canceled(tx, [cancellation(event)])
        other = asyncio.create_task(cancel(rules, cancellation(event)))
        await wait_for_a_lock(books)
    await other
    assert (await changes(rules, user))[1:] == [("DEBIT", 100, 900), ("REFUND", 100, 1000)]


async def test_refund_uses_the_balance_after_another_transaction(
    rules: PaymentRules, books: Connection, user: str
) -> None:
    fund(books, user, 1000)
    event = order(user)
    await handle(rules, event)
    async with rules.transactions() as tx:
        await tx.db.top_up_account(transaction_id=uuid4(), user_id=UUID(user), amount=5, now=tx.now)
        other = asyncio.create_task(cancel(rules, cancellation(event)))
        await wait_for_a_lock(books)
    await other
    assert (await changes(rules, user))[2:] == [("CREDIT", 5, 905), ("REFUND", 100, 1005)]


async def test_second_refund_of_an_order_is_rejected_by_the_database(
    rules: PaymentRules, books: Connection, user: str
) -> None:
    fund(books, user, 1000)
    event = order(user)
    await handle(rules, event)
    await cancel(rules, cancellation(event))
    with pytest.raises(UniqueViolation, match="transactions_one_refund_per_order"):
        books.execute(
            "INSERT INTO transactions SELECT %s, id, 100, 'REFUND', %s, 1100, now() FROM accounts"
            " WHERE user_id = %s",
            (uuid7(), event.order_id, user),
        )


async def test_refund_above_the_limit_of_the_balance_changes_nothing(
    rules: PaymentRules, books: Connection, user: str
) -> None:
    fund(books, user, BALANCE_MAX)
    event = order(user)
    await handle(rules, event)
    async with rules.transactions() as tx:
        await tx.db.top_up_account(transaction_id=uuid4(), user_id=UUID(user), amount=1, now=tx.now)
    # The inbox turns an event that violates a constraint into a dead letter, which can be replayed.
    with pytest.raises(CheckViolation, match="accounts_balance_in_range"):
        await cancel(rules, cancellation(event))
    assert balance(books, user) == BALANCE_MAX - 99
    await handle(rules, order(user, 1))
    await cancel(rules, cancellation(event))
    assert balance(books, user) == BALANCE_MAX


async def test_batch_of_500_cancellations_of_one_account_is_right_to_the_unit(
    rules: PaymentRules, books: Connection, user: str
) -> None:
    fund(books, user, 60_000)
    events = [order(user, 1 + index * 77 % BATCH_SIZE) for index in range(BATCH_SIZE)]
    outcomes = await handle(rules, *events)
    batch = [cancellation(event) for event in events]
    await cancel(rules, *batch)
    await cancel(rules, *batch)
    assert balance(books, user) == 60_000
    refunded = books.execute(
        "SELECT reference_order_id FROM transactions JOIN accounts ON accounts.id = account_id"
        " WHERE user_id = %s AND type = 'REFUND'",
        (user,),
    ).fetchall()
    assert sorted(str(order_id) for (order_id,) in refunded) == sorted(
        outcome.order_id for outcome in outcomes if isinstance(outcome, PaymentSucceeded)
    )


async def test_batch_of_500_orders_of_one_account_is_right_to_the_unit(
    rules: PaymentRules, books: Connection, user: str
) -> None:
    balances = [60_000]
    fund(books, user, balances[0])
    # The balance runs out in the middle, and covers some of the smaller orders after that.
    events = [order(user, 1 + index * 77 % BATCH_SIZE) for index in range(BATCH_SIZE)]
    expected: list[Message] = []
    for event in events:
        if event.amount <= balances[-1]:
            balances.append(balances[-1] - event.amount)
            expected.append(paid(event))
        else:
            expected.append(failed(event, "INSUFFICIENT_FUNDS"))
    assert 200 < len(balances) < 400
    assert await handle(rules, *events) == expected
    # The same batch again, as after a crash before the offsets were committed, changes nothing.
    assert await handle(rules, *events) == expected
    assert balance(books, user) == balances[-1]
    history = books.execute(
        "SELECT balance_after FROM transactions JOIN accounts ON accounts.id = account_id"
        " WHERE user_id = %s ORDER BY transactions.created_at",
        (user,),
    )
    assert [balance_after for (balance_after,) in history] == balances


async def wait_for_a_lock(books: Connection) -> None:
    waiting = (
        "SELECT FROM pg_stat_activity WHERE application_name = 'test' AND wait_event_type = 'Lock'"
    )
    async with asyncio.timeout(20):
        while not books.execute(waiting).fetchall():  # noqa: ASYNC110 - the server sets no Event
            await asyncio.sleep(0.01)


async def test_debit_of_the_previous_version_counts_as_decision(
    migrated: Running, rules: PaymentRules, books: Connection, user: str
) -> None:
    fund(books, user, 1000)
    event = order(user)
    await handle(rules, event)
    # The previous version stores no decisions.
    with psycopg.connect(migrated.endpoints.owner_database_url("payments")) as owner:
        owner.execute("DELETE FROM payment_decisions WHERE order_id = %s", (event.order_id,))
    assert await handle(rules, event) == [paid(event)]
    assert balance(books, user) == 900
    with pytest.raises(Rejected):
        await handle(rules, order(user, 101, event.order_id))


async def test_debit_of_the_previous_version_is_given_back(
    migrated: Running, rules: PaymentRules, books: Connection, user: str
) -> None:
    fund(books, user, 1000)
    event = order(user)
    await handle(rules, event)
    with psycopg.connect(migrated.endpoints.owner_database_url("payments")) as owner:
        owner.execute("DELETE FROM payment_decisions WHERE order_id = %s", (event.order_id,))
    await cancel(rules, cancellation(event))
    await cancel(rules, cancellation(event))
    assert (await changes(rules, user))[1:] == [("DEBIT", 100, 900), ("REFUND", 100, 1000)]


async def test_migration_stores_a_decision_for_each_existing_debit(
    migrated: Running, user: str
) -> None:
    migrations = sorted((SQL / "payments" / "schema").glob("*.sql"))
    [decisions] = (path for path in migrations if path.stem.endswith("payment_decisions"))
    before = migrations[: migrations.index(decisions)]
    url = migrated.endpoints.superuser_database_url
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
