"""Transactions that only insert share their commits."""

import asyncio
from contextlib import suppress

import pytest
from psycopg import AsyncConnection, OperationalError, errors
from psycopg_pool import PoolTimeout, TooManyRequests

from shop.orders.db.models import Order
from shop.orders.db.querier import AsyncQuerier
from tests.integration.runtime.batches.orders import (
    STEPS,
    Hook,
    Tx,
    create,
    order,
    stored,
    transactions,
)
from transactional_grpc.database import Database, Pool, open_pool
from transactional_grpc.database import _batcher as batchers
from transactional_grpc.database import _pool as pools

pytestmark = pytest.mark.anyio


async def test_transactions_that_arrive_during_a_commit_share_the_next_one(
    database: Database[AsyncQuerier], orders_url: str, pool: Pool, hook: Hook
) -> None:
    orders = [order() for _ in range(100)]
    await asyncio.gather(*(create(database, new) for new in orders))
    assert await stored(pool) == {new.id for new in orders}
    assert sorted(hook.committed) == sorted(str(new.id) for new in orders)
    assert await transactions(orders_url) == 1


async def test_a_batch_is_bounded(
    database: Database[AsyncQuerier], orders_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batchers, "BATCH_ITEMS_MAX", 10)
    await asyncio.gather(*(create(database, order()) for _ in range(30)))
    assert await transactions(orders_url) == 3
    monkeypatch.setattr(batchers, "BATCH_BYTES_MAX", 1)
    await asyncio.gather(*(create(database, order()) for _ in range(5)))
    assert await transactions(orders_url) == 3 + 5


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


async def test_only_commits_are_followed_by_calls(
    database: Database[AsyncQuerier], pool: Pool
) -> None:
    calls: list[str] = []

    async def fail(tx: Tx) -> None:
        tx.on_commit(lambda: calls.append("failed"))
        await tx.db.create_order(order(amount=0))

    async def create_shared(tx: Tx) -> None:
        tx.on_commit(lambda: calls.append("shared"))
        await tx.db.create_order(order())

    async def create_alone(tx: Tx) -> None:
        new = order()
        await tx.db.create_order(new)
        await tx.db.get_order(id=new.id)
        tx.on_commit(lambda: calls.append("alone"))
        async with pool.connection() as connection:
            visible = await AsyncQuerier(connection).get_order(id=new.id)
        assert (visible, calls) == (None, ["shared"])

    for work in (fail, create_shared, create_alone):
        with suppress(errors.CheckViolation):
            await database.run(work, shared=True)
    assert calls == ["shared", "alone"]


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
    database: Database[AsyncQuerier], pool: Pool, orders_url: str
) -> None:
    first, dropped, kept = order(), order(), order()
    async with await AsyncConnection.connect(orders_url) as locker:
        await locker.execute("LOCK TABLE orders IN EXCLUSIVE MODE")
        under_way = asyncio.create_task(create(database, first))
        await waits_for_a_lock(orders_url)
        tasks = [asyncio.create_task(create(database, new)) for new in (dropped, kept)]
        await asyncio.sleep(0)
        tasks[0].cancel()
        await asyncio.wait(tasks[:1])
        under_way.cancel()
        await asyncio.wait((under_way,))
    await tasks[1]
    assert await stored(pool) == {first.id, kept.id}


async def test_a_killed_backend_fails_the_batch_and_not_the_next_one(
    database: Database[AsyncQuerier], pool: Pool, orders_url: str
) -> None:
    async with await AsyncConnection.connect(orders_url) as locker:
        await locker.execute("LOCK TABLE orders IN EXCLUSIVE MODE")
        batch = [asyncio.create_task(create(database, order())) for _ in range(3)]
        pid = await waits_for_a_lock(orders_url)
        waiting = order()
        next_one = asyncio.create_task(create(database, waiting))
        await asyncio.sleep(0)
        await locker.execute("SELECT pg_terminate_backend(%s)", (pid,))
        results = await asyncio.gather(*batch, return_exceptions=True)
        assert all(isinstance(result, OperationalError) for result in results)
    await next_one
    assert await stored(pool) == {waiting.id}


async def test_transactions_that_wait_are_bounded_in_number_and_time(
    database: Database[AsyncQuerier], pool: Pool, orders_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batchers, "POOL_QUEUE_MAX", 3)
    monkeypatch.setattr(batchers, "POOL_WAIT_SECONDS_MAX", 0.5)
    async with await AsyncConnection.connect(orders_url) as locker:
        await locker.execute("LOCK TABLE orders IN EXCLUSIVE MODE")
        first = order()
        under_way = asyncio.create_task(create(database, first))
        await waits_for_a_lock(orders_url)
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
    held = [await pool.getconn() for _ in range(pools.POOL_SIZE_MAX)]
    pool.timeout = 0.2
    results = await asyncio.gather(
        *(create(database, order()) for _ in range(3)), return_exceptions=True
    )
    for connection in held:
        await pool.putconn(connection)
    assert [type(result) for result in results] == [PoolTimeout] * 3
    await create(database, order())


async def test_serialization_failures_are_retried(pool: Pool, orders_url: str) -> None:
    async with await AsyncConnection.connect(orders_url, autocommit=True) as administrator:
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
    database: Database[AsyncQuerier], pool: Pool, orders_url: str, hook: Hook
) -> None:
    async with await AsyncConnection.connect(orders_url, autocommit=True) as administrator:
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


async def waits_for_a_lock(orders_url: str) -> int:
    """Returns the process id of a backend as soon as it waits for a lock."""
    async with await AsyncConnection.connect(orders_url, autocommit=True) as observer:
        while True:
            rows = await observer.execute(
                "SELECT pid FROM pg_stat_activity "
                "WHERE wait_event_type = 'Lock' AND datname = current_database()"
            )
            if row := await rows.fetchone():
                return int(row[0])


async def test_shared_commit_works_after_a_rollback_deallocated_its_statements(
    orders_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pools, "POOL_SIZE_MAX", 1)
    first, second = order(), order()

    async def fail(tx: Tx) -> None:
        await tx.db.get_order(id=first.id)
        raise ZeroDivisionError

    async with open_pool(orders_url, "test") as pool:
        database = Database(pool, AsyncQuerier)
        await create(database, first)
        with pytest.raises(ZeroDivisionError):
            await database.run(fail)

        await create(database, second)

        assert await stored(pool) == {first.id, second.id}
