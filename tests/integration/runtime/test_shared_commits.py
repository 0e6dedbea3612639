"""Transactions that only insert share their commits, and look-ups by key share their queries."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg import AsyncConnection, OperationalError, errors
from psycopg.pq import TransactionStatus
from psycopg_pool import PoolTimeout, TooManyRequests

from embedded_stack.testing import Running, migrate_schema
from shop.orders.db.models import Order
from shop.orders.db.orders import CreateOrderParams
from shop.orders.db.querier import AsyncQuerier
from tests.shop_topology import TOPOLOGY
from transactional_grpc.database import Database, Pool, Transaction, open_pool
from transactional_grpc.database import _batcher as batchers
from transactional_grpc.database import _pool as pools

pytestmark = pytest.mark.anyio
Tx = Transaction[AsyncQuerier]
STEPS = 40
"""More than a shared commit has places where its caller can be canceled."""


class Hook:
    """Records the transactions that are committed."""

    def __init__(self) -> None:
        self.committed: list[str] = []

    async def before_commit(self, transaction: Transaction[Any]) -> None:
        """Stores nothing."""

    def after_commit(self, transaction: Transaction[Any]) -> None:
        self.committed.append(transaction.correlation_id)


@pytest.fixture
def url(postgres: Running) -> Iterator[str]:
    """An empty orders database; the role is the superuser."""
    server = postgres.endpoints.superuser_database_url
    name = f"orders_{uuid4().hex}"
    made = psycopg.conninfo.make_conninfo(server, dbname=name)
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
        try:
            there = psycopg.conninfo.conninfo_to_dict(made)
            migrate_schema(
                TOPOLOGY,
                "orders",
                f"postgresql://{there['user']}:{there['password']}@{there['host']}:{there['port']}/{name}?sslmode=disable",
            )
            yield made
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


@pytest.fixture
async def pool(url: str) -> AsyncIterator[Pool]:
    async with open_pool(url, "test") as opened:
        yield opened


@pytest.fixture
def hook() -> Hook:
    return Hook()


@pytest.fixture
def database(pool: Pool, hook: Hook) -> Database[AsyncQuerier]:
    return Database(pool, AsyncQuerier, (hook,))


def order(**changes: Any) -> CreateOrderParams:
    values = {"id": uuid4(), "user_id": uuid4(), "amount": 1, "description": "A thing"}
    return CreateOrderParams(**{**values, "created_at": datetime.now(UTC), **changes})


def creating(*orders: CreateOrderParams) -> Callable[[Tx], Awaitable[None]]:
    async def create(tx: Tx) -> None:
        for new in orders:
            await tx.db.create_order(new)

    return create


async def create(database: Database[AsyncQuerier], *orders: CreateOrderParams) -> None:
    await database.run(creating(*orders), shared=True, correlation_id=str(orders[0].id))


async def get(database: Database[AsyncQuerier], order_id: UUID) -> Order | None:
    async def read(tx: Tx) -> Order | None:
        return await tx.db.get_order(id=order_id)

    return await database.run(read, writes=False, shared=True)


async def stored(pool: Pool) -> set[UUID]:
    async with pool.connection() as connection:
        rows = await connection.execute("SELECT id FROM orders")
        return {row[0] async for row in rows}


async def transactions(url: str) -> int:
    """The number of transactions of the database that have written."""
    async with await AsyncConnection.connect(url, autocommit=True) as connection:
        row = await (
            await connection.execute("SELECT count(DISTINCT xmin::text) FROM orders")
        ).fetchone()
        assert row
        return int(row[0])


async def test_transactions_that_arrive_during_a_commit_share_the_next_one(
    database: Database[AsyncQuerier], url: str, pool: Pool, hook: Hook
) -> None:
    orders = [order() for _ in range(100)]
    await asyncio.gather(*(create(database, new) for new in orders))
    assert await stored(pool) == {new.id for new in orders}
    assert sorted(hook.committed) == sorted(str(new.id) for new in orders)
    assert await transactions(url) == 1


async def test_a_batch_is_bounded(
    database: Database[AsyncQuerier], url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batchers, "BATCH_ITEMS_MAX", 10)
    await asyncio.gather(*(create(database, order()) for _ in range(30)))
    assert await transactions(url) == 3
    monkeypatch.setattr(batchers, "BATCH_BYTES_MAX", 1)
    await asyncio.gather(*(create(database, order()) for _ in range(5)))
    assert await transactions(url) == 3 + 5


async def test_a_bad_transaction_fails_alone_with_its_own_error(
    database: Database[AsyncQuerier], pool: Pool, hook: Hook
) -> None:
    good = [order() for _ in range(5)]
    bad = {
        errors.UniqueViolation: order(id=good[0].id),
        errors.NumericValueOutOfRange: order(amount=2**63),
        errors.CheckViolation: order(amount=0),
        errors.UntranslatableCharacter: order(description="a\0b"),
    }
    await create(database, good[0])
    results = await asyncio.gather(
        *(create(database, new) for new in (*good[1:3], *bad.values(), *good[3:])),
        return_exceptions=True,
    )
    assert [type(result) for result in results if result] == list(bad)
    assert results.count(None) == 4
    assert await stored(pool) == {new.id for new in good}
    assert set(hook.committed) == {str(new.id) for new in good}


async def test_a_transaction_is_whole_or_nothing_in_a_batch(
    database: Database[AsyncQuerier], pool: Pool
) -> None:
    first, second = order(), order()
    results = await asyncio.gather(
        create(database, first),
        create(database, second, order(amount=0)),
        return_exceptions=True,
    )
    assert results[0] is None
    assert isinstance(results[1], errors.CheckViolation)
    assert await stored(pool) == {first.id}


async def test_a_transaction_that_awaits_rows_sees_its_own_inserts(
    database: Database[AsyncQuerier], pool: Pool, hook: Hook
) -> None:
    new, later = order(), order()

    async def work(tx: Tx) -> list[Order]:
        with pytest.raises(RuntimeError, match="no connection yet"):
            _ = tx.connection
        await tx.db.create_order(new)
        found = await tx.db.get_order(id=new.id)
        assert found
        await tx.db.create_order(later)
        before = later.created_at.replace(year=9999)
        rows = tx.db.list_orders(
            user_id=new.user_id, before_created_at=before, before_id=new.id, page_size=9
        )
        assert [row async for row in rows] == [found]
        assert tx.connection is await tx.connect()
        return [found]

    assert await database.run(work, shared=True)
    assert await stored(pool) == {new.id, later.id}
    assert hook.committed == [""]

    async def fail(tx: Tx) -> None:
        await tx.db.create_order(order())
        await tx.connect()
        raise LookupError

    with pytest.raises(LookupError):
        await database.run(fail, shared=True)
    assert await stored(pool) == {new.id, later.id}


async def test_a_transaction_that_raises_before_its_commit_stores_nothing(
    database: Database[AsyncQuerier], pool: Pool, hook: Hook
) -> None:
    async def fail(tx: Tx) -> None:
        await tx.db.create_order(order())
        raise LookupError

    with pytest.raises(LookupError):
        await database.run(fail, shared=True)
    assert (await stored(pool), hook.committed) == (set(), [])


async def test_a_canceled_caller_leaves_nothing_half_done(
    database: Database[AsyncQuerier], pool: Pool, hook: Hook
) -> None:
    outcomes = set()
    for steps in range(STEPS):
        canceled, other = order(), order()
        task = asyncio.create_task(create(database, canceled, order(user_id=canceled.id)))
        beside = asyncio.create_task(create(database, other))
        for _ in range(steps):
            await asyncio.sleep(0.0005 if steps > STEPS // 2 else 0)
        task.cancel()
        await asyncio.wait((task,))
        await beside
        ids = await stored(pool)
        assert other.id in ids
        outcomes.add((task.cancelled(), canceled.id in ids))
        assert (canceled.id in ids) == (str(canceled.id) in hook.committed)
        if not task.cancelled():
            assert canceled.id in ids
    assert (
        len(await stored(pool))
        == len(hook.committed) + sum(1 for committed in hook.committed if committed) - STEPS
    )  # each transaction beside has one row, the others have two
    assert {(True, False), (False, True)} <= outcomes


async def test_a_canceled_caller_whose_commit_has_not_begun_is_dropped(
    database: Database[AsyncQuerier], pool: Pool, url: str
) -> None:
    first, dropped, kept = order(), order(), order()
    async with await AsyncConnection.connect(url) as locker:
        await locker.execute("LOCK TABLE orders IN EXCLUSIVE MODE")
        under_way = asyncio.create_task(create(database, first))
        await waits_for_a_lock(url)
        tasks = [asyncio.create_task(create(database, new)) for new in (dropped, kept)]
        await asyncio.sleep(0)
        tasks[0].cancel()
        await asyncio.wait(tasks[:1])
        under_way.cancel()
        await asyncio.wait((under_way,))
    await tasks[1]
    assert await stored(pool) == {first.id, kept.id}


async def test_a_killed_backend_fails_the_batch_and_not_the_next_one(
    database: Database[AsyncQuerier], pool: Pool, url: str
) -> None:
    async with await AsyncConnection.connect(url) as locker:
        await locker.execute("LOCK TABLE orders IN EXCLUSIVE MODE")
        batch = [asyncio.create_task(create(database, order())) for _ in range(3)]
        pid = await waits_for_a_lock(url)
        waiting = order()
        next_one = asyncio.create_task(create(database, waiting))
        await asyncio.sleep(0)
        await locker.execute("SELECT pg_terminate_backend(%s)", (pid,))
        results = await asyncio.gather(*batch, return_exceptions=True)
        assert all(isinstance(result, OperationalError) for result in results)
    await next_one
    assert await stored(pool) == {waiting.id}


async def test_transactions_that_wait_are_bounded_in_number_and_time(
    database: Database[AsyncQuerier], pool: Pool, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batchers, "POOL_QUEUE_MAX", 3)
    monkeypatch.setattr(batchers, "POOL_WAIT_SECONDS_MAX", 0.5)
    async with await AsyncConnection.connect(url) as locker:
        await locker.execute("LOCK TABLE orders IN EXCLUSIVE MODE")
        first = order()
        under_way = asyncio.create_task(create(database, first))
        await waits_for_a_lock(url)
        queued = [asyncio.create_task(create(database, order())) for _ in range(3)]
        await asyncio.sleep(0)
        with pytest.raises(TooManyRequests):
            await create(database, order())
        results = await asyncio.gather(*queued, return_exceptions=True)
        assert [type(result) for result in results] == [PoolTimeout] * 3
    await under_way
    assert await stored(pool) == {first.id}


async def test_an_exhausted_pool_fails_those_that_wait(
    database: Database[AsyncQuerier], pool: Pool
) -> None:
    pool.timeout = 0.2
    held = [await pool.getconn() for _ in range(pools.POOL_SIZE_MAX)]
    results = await asyncio.gather(
        *(create(database, order()) for _ in range(3)), return_exceptions=True
    )
    for connection in held:
        await pool.putconn(connection)
    assert [type(result) for result in results] == [PoolTimeout] * 3
    await create(database, order())


async def test_serialization_failures_are_retried(pool: Pool, url: str) -> None:
    async with await AsyncConnection.connect(url, autocommit=True) as administrator:
        await administrator.execute(
            "CREATE SEQUENCE attempts; "
            "CREATE FUNCTION fail_once() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            "IF NEW.description = 'conflict' AND nextval('attempts') < 3 THEN "
            "RAISE serialization_failure; END IF; RETURN NEW; END $$; "
            "CREATE TRIGGER fail_once BEFORE INSERT ON orders FOR EACH ROW EXECUTE FUNCTION fail_once()"
        )
    database = Database(pool, AsyncQuerier)
    await asyncio.gather(create(database, order(description="conflict")), create(database, order()))
    assert len(await stored(pool)) == 2


async def test_an_error_of_the_commit_itself_fails_the_transaction(
    database: Database[AsyncQuerier], pool: Pool, url: str, hook: Hook
) -> None:
    async with await AsyncConnection.connect(url, autocommit=True) as administrator:
        await administrator.execute(
            "CREATE FUNCTION fail_late() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            "RAISE check_violation; END $$; "
            "CREATE CONSTRAINT TRIGGER fail_late AFTER INSERT ON orders DEFERRABLE INITIALLY DEFERRED "
            "FOR EACH ROW WHEN (NEW.description = 'late') EXECUTE FUNCTION fail_late()"
        )
    good = order()
    results = await asyncio.gather(
        create(database, order(description="late")), create(database, good), return_exceptions=True
    )
    assert isinstance(results[0], errors.CheckViolation)
    assert results[1] is None
    assert await stored(pool) == {good.id}
    assert hook.committed == [str(good.id)]


async def test_lookups_share_a_query_and_each_gets_its_row(
    database: Database[AsyncQuerier],
) -> None:
    orders = [order() for _ in range(40)]
    await asyncio.gather(*(create(database, new) for new in orders))
    keys = [*(new.id for new in orders), uuid4(), orders[3].id]
    found = await asyncio.gather(*(get(database, key) for key in keys))
    assert [row and row.id for row in found] == [*keys[:-2], None, orders[3].id]


async def test_a_canceled_lookup_leaves_the_others_alone(
    database: Database[AsyncQuerier], pool: Pool
) -> None:
    new = order()
    await create(database, new)
    for steps in range(STEPS):
        reads = [asyncio.create_task(get(database, new.id)) for _ in range(3)]
        for _ in range(steps):
            await asyncio.sleep(0)
        canceled = reads.pop(steps % 2)
        canceled.cancel()
        await asyncio.wait((canceled,))
        assert [row and row.id for row in await asyncio.gather(*reads)] == [new.id] * 2
    async with pool.connection() as connection:
        assert connection.info.transaction_status == TransactionStatus.IDLE


async def test_lookups_fail_with_the_pool(database: Database[AsyncQuerier], pool: Pool) -> None:
    pool.timeout = 0.2
    held = [await pool.getconn() for _ in range(pools.POOL_SIZE_MAX)]
    reads = (get(database, uuid4()) for _ in range(3))
    results = await asyncio.gather(*reads, return_exceptions=True)
    for connection in held:
        await pool.putconn(connection)
    assert [type(result) for result in results] == [PoolTimeout] * 3
    assert await get(database, uuid4()) is None


async def test_a_lookup_sees_each_commit_before_it(database: Database[AsyncQuerier]) -> None:
    async def write_and_read() -> None:
        for _ in range(10):
            new = order()
            missing = asyncio.create_task(get(database, new.id))  # under way during the commit
            await asyncio.sleep(0)
            await create(database, new)
            assert await get(database, new.id) is not None
            await missing

    await asyncio.gather(*(write_and_read() for _ in range(16)))


async def test_a_read_that_awaits_other_rows_connects(database: Database[AsyncQuerier]) -> None:
    new = order()
    await create(database, new)

    async def read(tx: Tx) -> list[Order]:
        assert await tx.db.get_order(id=new.id)
        before = new.created_at.replace(year=9999)
        rows = await tx.db.list_orders(
            user_id=new.user_id, before_created_at=before, before_id=new.id, page_size=9
        )
        assert await tx.db.get_order(id=new.id) == rows[0]
        return rows

    assert len(await database.run(read, writes=False, shared=True)) == 1


async def waits_for_a_lock(url: str) -> int:
    """Returns the process id of a backend as soon as it waits for a lock."""
    async with await AsyncConnection.connect(url, autocommit=True) as observer:
        while True:
            rows = await observer.execute(
                "SELECT pid FROM pg_stat_activity "
                "WHERE wait_event_type = 'Lock' AND datname = current_database()"
            )
            if row := await rows.fetchone():
                return int(row[0])


async def test_shared_commit_works_after_a_rollback_deallocated_its_statements(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pools, "POOL_SIZE_MAX", 1)
    first, second = order(), order()

    async def fail(tx: Tx) -> None:
        await tx.db.get_order(id=first.id)
        raise ZeroDivisionError

    async with open_pool(url, "test") as pool:
        database = Database(pool, AsyncQuerier)
        await create(database, first)
        with pytest.raises(ZeroDivisionError):
            await database.run(fail)

        await create(database, second)

        assert await stored(pool) == {first.id, second.id}
